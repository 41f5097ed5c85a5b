using System.Security.Cryptography;
using System.Text;
using Testbed.Node.Configuration;

namespace Testbed.Node.Remoting;

/// <summary>Tells whether two nodes were given the same experiment.</summary>
public static class ExperimentHash
{
    /// <summary>SHA-256 of name and text, in lower-case hexadecimal.</summary>
    public static string Of(ResolvedExperiment experiment) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{experiment.Name}\n{experiment.Hocon}")));
}
