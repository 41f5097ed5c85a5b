namespace Testbed.Node.Faults.Effects;

/// <summary>For effects that make no sense where the message carries the processor.</summary>
internal static class SignalsOnly
{
    /// <summary>Why a type of message is refused; null if it is not.</summary>
    public static string? Refuse(Type message) =>
        MessageTypes.CarriesControl(message) ? "carries the processor, of which there is one: it can be dropped or delayed, or its actor paused, crashed or stopped" : null;
}
