using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Reporting;

/// <summary>Writes a report: one HTML file that needs nothing else, no network either.</summary>
internal static class ReportFile
{
    /// <summary>Its name.</summary>
    public const string Name = "report.html";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly TemplateOptions Options = new() { MemberAccessStrategy = new UnsafeMemberAccessStrategy() };
    private static readonly Lazy<IFluidTemplate> Template = new(() => new FluidParser(new FluidParserOptions { AllowFunctions = true }).Parse(Resource("report.liquid")));

    /// <summary>The page.</summary>
    public static string Html(ReportModel model)
    {
        var context = new TemplateContext(model, Options);
        context.SetValue("css", Resource("report.css"));
        context.SetValue("script", Resource("report.js"));
        return Template.Value.Render(context, Encoder);
    }

    /// <summary>Writes it.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="ConfigurationException">It cannot be written.</exception>
    public static string Write(string folder, ReportModel model)
    {
        var file = Path.Combine(folder, Name);
        try
        {
            File.WriteAllText(file, Html(model), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{file}: cannot be written: {e.Message}", e);
        }
    }

    private static string Resource(string name)
    {
        using var stream = typeof(ReportFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var text = new StreamReader(stream, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
