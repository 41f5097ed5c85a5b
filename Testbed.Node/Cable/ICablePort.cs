namespace Testbed.Node.Cable;

/// <summary>What the cable is plugged into at one PC.</summary>
public interface ICablePort
{
    /// <summary>Whether it hears the other end: the link pulses, and the idle signal between frames.</summary>
    bool LinkIsUp { get; set; }
}
