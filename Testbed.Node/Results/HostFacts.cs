namespace Testbed.Node.Results;

/// <summary>The machine.</summary>
/// <param name="Os">Operating system.</param>
/// <param name="Architecture">Instruction set.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="Runtime">The .NET runtime.</param>
public sealed record HostFacts(string Os, string Architecture, int Processors, string Runtime);
