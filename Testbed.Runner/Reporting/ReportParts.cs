using System.Text;
using Testbed.Runner.Pictures;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Reporting;

/// <summary>Tables and pictures as a report has them.</summary>
internal static class ReportParts
{
    /// <summary>A table of texts; a column of nothing but figures is set as one.</summary>
    public static ReportTable Table(string id, string title, IReadOnlyList<string> notes, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        bool[] figures = [.. columns.Select((_, i) => rows.Any(row => row[i].Length > 0) && rows.All(row => row[i].Length == 0 || IsFigure(row[i])))];
        return new(
            id,
            title,
            notes,
            [.. columns.Select((column, i) => new ReportColumn(column, figures[i]))],
            [.. rows.Select(row => (IReadOnlyList<ReportCell>)[.. row.Select((text, i) => new ReportCell(text, figures[i]))])]);
    }

    /// <summary>A picture with its data.</summary>
    public static ReportPicture Picture(Picture picture) => new(
        picture.Name,
        picture.Title,
        picture.Alternative,
        Svg(picture, PictureStyle.Wide, dark: false),
        Svg(picture, PictureStyle.Wide, dark: true),
        Svg(picture, PictureStyle.Narrow, dark: false),
        Svg(picture, PictureStyle.Narrow, dark: true),
        $"data:text/csv;base64,{Base64(Csv.Write(picture.Data))}",
        Table($"data-{picture.Name}", picture.Title, [], picture.Data.Columns, picture.Data.Rows));

    private static string Svg(Picture picture, int width, bool dark) =>
        $"data:image/svg+xml;base64,{Base64(picture.Svg(new(width, dark, Titled: false)))}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>A number, with or without its thousands set apart, a sign, a unit after it or a spread.</summary>
    private static bool IsFigure(string text) => StudyTable.Number(text.Split(' ')[0].Replace(",", "", StringComparison.Ordinal).Replace('−', '-')) is not null
        && text.Split(' ').Skip(1).All(word => word is "%" or "µs" or "ms" or "Mb/s" || word.StartsWith('±'));
}
