using ScottPlot;
using SkiaSharp;

namespace Testbed.Runner.Pictures;

/// <summary>The font of pictures, which comes with the program: they look the same on a machine without any.</summary>
internal sealed class PictureFont : IFontResolver
{
    /// <summary>Its name.</summary>
    public const string Name = "Roboto";

    private static readonly byte[] Bytes = Read();
    private static readonly Lazy<SKTypeface> Typeface = new(() => SKTypeface.FromStream(new MemoryStream(Bytes)));
    private static readonly Lazy<bool> Registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new PictureFont());
        return Fonts.FontResolvers.Count > 0;
    });

    private PictureFont()
    {
    }

    /// <summary>As a CSS rule that carries it.</summary>
    public static string Css => $"@font-face{{font-family:{Name};src:url(data:font/ttf;base64,{Convert.ToBase64String(Bytes)})}}";

    /// <summary>Makes it known to the drawing library.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => fontName == Name ? Typeface.Value : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface.Value : null;

    private static byte[] Read()
    {
        using var stream = typeof(PictureFont).Assembly.GetManifestResourceStream("Roboto-Regular.subset.ttf")
            ?? throw new InvalidOperationException("The font is not in the program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
