using System.Diagnostics.CodeAnalysis;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The messages that a plan can name: signals and hand-offs, by the names of their types, as <c>VmNet.FrameArrived</c>.</summary>
internal static class MessageTypes
{
    private static readonly Lazy<IReadOnlyDictionary<string, Type>> ByName = new(() => AllTypes()
        .Where(type => !type.IsAbstract && !type.IsInterface && (Is<ISignal>(type) || Is<IHandOff>(type)))
        .ToDictionary(NameOf, StringComparer.Ordinal));

    /// <summary>All names, in order.</summary>
    public static IReadOnlyList<string> Names => [.. ByName.Value.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A type by its name; null if there is none.</summary>
    public static Type? Find(string name) => ByName.Value.GetValueOrDefault(name);

    /// <summary>The name of a message's type.</summary>
    public static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{NameOf(outer)}.{type.Name}" : type.Name;

    /// <summary>Whether messages of a type carry the processor.</summary>
    public static bool CarriesControl(Type type) => Is<IHandOff>(type);

    /// <summary>Whether messages of a type carry bytes.</summary>
    public static bool CarriesBytes(Type type) => Is<ICarriesBytes>(type);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The assembly is kept whole: it is one of the program's TrimmerRootAssembly.")]
    private static Type[] AllTypes() => typeof(MessageTypes).Assembly.GetTypes();

    private static bool Is<T>(Type type) => typeof(T).IsAssignableFrom(type);
}
