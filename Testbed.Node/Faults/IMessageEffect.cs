namespace Testbed.Node.Faults;

/// <summary>An effect on messages between actors.</summary>
internal interface IMessageEffect : IEffect
{
    /// <summary>Whether it makes sense for messages of a type.</summary>
    /// <returns>Null if it does; else why not.</returns>
    string? Refuses(Type message);

    /// <summary>Whether it strikes a message where the plan names none.</summary>
    bool StrikesUnnamed(object message, MessageKind kind);

    /// <summary>The effect at one actor.</summary>
    IMessageFault At(FaultedActor actor, FaultAccount account);
}

/// <summary>An effect at one actor.</summary>
internal interface IMessageFault
{
    /// <summary>A message is struck: it reaches the actor only if the effect sends it on.</summary>
    void Strike(in Struck struck);
}
