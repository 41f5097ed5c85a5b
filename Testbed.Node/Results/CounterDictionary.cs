namespace Testbed.Node.Results;

/// <summary>Counters by name (camelCase, unit last), always in ordinal order.</summary>
public sealed class CounterDictionary() : SortedDictionary<string, long>(StringComparer.Ordinal);
