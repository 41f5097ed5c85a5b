using System.Globalization;
using System.Text;
using CsvHelper;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>Tables as CSV: RFC 4180 with line feeds, UTF-8, a header.</summary>
internal static class Csv
{
    private static readonly CsvWriterOptions Style = new() { NewLine = "\n", HasHeader = false };

    /// <summary>A table as text.</summary>
    public static string Write(StudyTable table)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, Style, leaveOpen: true))
        {
            csv.WriteRecord([.. table.Columns]);
            foreach (var row in table.Rows)
                csv.WriteRecord([.. row]);
        }

        return text.ToString();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or is no table.</exception>
    public static StudyTable ReadFile(string file)
    {
        try
        {
            using var csv = CsvReader.FromText(File.ReadAllText(file, Encoding.UTF8), new CsvReaderOptions());
            csv.ReadHeader();
            var columns = csv.Headers.ToArray();
            var rows = new List<IReadOnlyList<string>>();
            while (csv.Read())
                rows.Add([.. columns.Select((_, i) => csv.GetString(i))]);
            return new(columns, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvFormatException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw new ConfigurationException($"{file}: cannot be read as a table: {e.Message.Split('\n', 2)[0]}", e);
        }
    }
}
