namespace Testbed.Node.Configuration;

/// <summary>
/// An experiment with nothing left open: every key that the model reads is in the text, so a node needs no file of its own,
/// and a result is a function of this text and the program's version alone.
/// </summary>
/// <param name="Name">The experiment's name, as <c>testbed list</c> prints it.</param>
/// <param name="Hocon">The whole configuration as canonical HOCON: one <c>key = value</c> a line, keys in ordinal order.</param>
public sealed record ResolvedExperiment(string Name, string Hocon);
