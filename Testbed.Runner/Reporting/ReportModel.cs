namespace Testbed.Runner.Reporting;

/// <summary>All that a report says, as its template reads it.</summary>
/// <param name="Title">What it is of.</param>
/// <param name="Description">What that is, in one line.</param>
/// <param name="Warning">What the reader must know first, or null.</param>
/// <param name="Headlines">The most important figures.</param>
/// <param name="Published">Published figures beside modelled ones; null where the paper gives none.</param>
/// <param name="Pictures">The pictures.</param>
/// <param name="Tables">The tables.</param>
/// <param name="Facts">What was run, by what, where.</param>
/// <param name="Commands">How to get exactly the same again.</param>
/// <param name="Texts">Long texts: the configuration.</param>
internal sealed record ReportModel(
    string Title,
    string Description,
    string? Warning,
    IReadOnlyList<ReportFact> Headlines,
    ReportPublished? Published,
    IReadOnlyList<ReportPicture> Pictures,
    IReadOnlyList<ReportTable> Tables,
    IReadOnlyList<ReportFact> Facts,
    IReadOnlyList<string> Commands,
    IReadOnlyList<ReportText> Texts);

/// <summary>A fact with its name.</summary>
internal sealed record ReportFact(string Name, string Value, string Note = "");

/// <summary>Published figures beside modelled ones.</summary>
/// <param name="Note">Where they are from and how they compare.</param>
/// <param name="Tables">The figures.</param>
internal sealed record ReportPublished(string Note, IReadOnlyList<ReportTable> Tables);

/// <summary>A picture, drawn for a page and for a phone, on light and on dark.</summary>
internal sealed record ReportPicture(
    string Name, string Title, string Alternative, string Wide, string WideDark, string Narrow, string NarrowDark, string DataHref, ReportTable Data);

/// <summary>A table that can be sorted by each of its columns.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its title.</param>
/// <param name="Notes">What has to be said of it.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record ReportTable(string Id, string Title, IReadOnlyList<string> Notes, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows);

/// <summary>A column's heading, and whether figures stand in it.</summary>
internal sealed record ReportColumn(string Name, bool IsFigure);

/// <summary>What stands in a cell, and whether it is a figure.</summary>
internal sealed record ReportCell(string Text, bool IsFigure);

/// <summary>A long text under a heading that opens it.</summary>
internal sealed record ReportText(string Title, string Text);
