namespace Testbed.Node.Faults;

/// <summary>
/// An effect on what a component does by itself, and not on messages: the component asks whether it strikes, or is told that it does. Which components know of
/// it, <see cref="FaultableActor.Effects"/> says.
/// </summary>
public interface IComponentEffect : IEffect;
