using ScottPlot;

namespace Testbed.Runner.Pictures;

/// <summary>What a picture is drawn for.</summary>
/// <param name="Width">Its width, in pixels of CSS.</param>
/// <param name="Dark">Whether its background is dark.</param>
/// <param name="Titled">Whether it has its title in it: one that stands alone has.</param>
internal sealed record PictureStyle(int Width, bool Dark, bool Titled)
{
    /// <summary>A page's width.</summary>
    public const int Wide = 820;

    /// <summary>A phone's.</summary>
    public const int Narrow = 360;

    /// <summary>A file of its own: on paper, on a slide.</summary>
    public static readonly PictureStyle File = new(Wide, Dark: false, Titled: true);

    // Okabe and Ito's colours, told apart by the colour-blind too; on paper lines differ in their markers, bars in their order and labels.
    private static readonly string[] OkabeIto = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#7F7F7F", "#F0E442"];

    // Blue is too dark for a dark background.
    private static readonly string[] OkabeItoOnDark = ["#56B4E9", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#F0E442", "#A0A0A0", "#3F8FD0"];

    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.OpenCircle,
        MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond,
    ];

    /// <summary>Whether there is little room.</summary>
    public bool IsNarrow => Width < 600;

    /// <summary>The size of text.</summary>
    public float FontSize => IsNarrow ? 12 : 13;

    /// <summary>Text and axes.</summary>
    public Color Ink => Color.FromHex(Dark ? "#E4E6EA" : "#1C1E21");

    /// <summary>What is less important.</summary>
    public Color Faint => Color.FromHex(Dark ? "#9AA0A8" : "#5F6670");

    /// <summary>Grid lines.</summary>
    public Color Grid => Color.FromHex(Dark ? "#31363D" : "#E2E5E9");

    /// <summary>The background.</summary>
    public Color Paper => Color.FromHex(Dark ? "#15181C" : "#FFFFFF");

    /// <summary>What there is nothing in: an idle processor.</summary>
    public Color Nothing => Color.FromHex(Dark ? "#3A4048" : "#D9DDE2");

    /// <summary>What is set off behind lines.</summary>
    public Color Shade => Color.FromHex(Dark ? "#5A3630" : "#F8CFC3");

    /// <summary>The n-th colour.</summary>
    public Color Colour(int n) => Color.FromHex((Dark ? OkabeItoOnDark : OkabeIto)[n % OkabeIto.Length]);

    /// <summary>The n-th marker.</summary>
    public static MarkerShape Marker(int n) => Markers[n % Markers.Length];
}
