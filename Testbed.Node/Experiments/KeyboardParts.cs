using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Time;
using Testbed.Node.VmApp;

namespace Testbed.Node.Experiments;

/// <summary>The keyboard of a PC and the virtual one of its virtual machine, and what a run reads off them at the end.</summary>
public sealed class KeyboardParts
{
    /// <summary>The keyboards of a PC.</summary>
    public KeyboardParts(Lane lane, KeyboardSettings settings, VmParts vm, long seed)
    {
        Settings = settings;
        Typing = settings.Script.Count > 0
            ? Typing.Script(settings.Script, settings.Hold)
            : Typing.Typist(settings.Start, settings.Keys, settings.Interval, settings.Hold, lane.Random(seed, "keyboard/typist"));
        Terminal = new RawKeyboard(() => vm.Vmm.SwitchesForInterrupt);
        Virtual = new VirtualKeyboard(Terminal, VirtualController, Path);
    }

    /// <summary>What the configuration says of it.</summary>
    public KeyboardSettings Settings { get; }

    /// <summary>What is typed.</summary>
    public Typing Typing { get; }

    /// <summary>The machine's controller.</summary>
    public Keyboard8042 Controller { get; } = new(new AtKeyboard());

    /// <summary>The host's keyboard.</summary>
    public RawKeyboard Terminal { get; }

    /// <summary>The controller that the guest sees.</summary>
    public Keyboard8042 VirtualController { get; } = new(new AtKeyboard());

    /// <summary>VMApp's half of the virtual keyboard.</summary>
    public VirtualKeyboard Virtual { get; }

    /// <summary>The times of the codes.</summary>
    public KeyboardPath Path { get; } = new();

    /// <summary>The first instant at which it may interrupt, if nothing comes from outside.</summary>
    public Instant NextInterrupt => Instant.Min(Controller.NextTransfer, Typing.NextStroke);
}
