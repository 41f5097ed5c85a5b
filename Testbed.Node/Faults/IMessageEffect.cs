namespace Testbed.Node.Faults;

/// <summary>An effect on messages between actors.</summary>
internal interface IMessageEffect : IEffect
{
    /// <summary>Whether it makes sense for messages of a type.</summary>
    /// <returns>Null if it does; else why not.</returns>
    string? Refuses(Type message) => null;

    /// <summary>Whether it strikes a message where the plan names none.</summary>
    bool StrikesUnnamed(object message, MessageKind kind) => true;

    /// <summary>The effect at one actor.</summary>
    IMessageFault At(FaultedActor actor, FaultAccount account);
}

/// <summary>An effect at one actor.</summary>
internal interface IMessageFault
{
    /// <summary>A message is struck. The effect has to say what becomes of it: it is released, now or later, held back, or discarded.</summary>
    void Strike(in Struck struck);
}
