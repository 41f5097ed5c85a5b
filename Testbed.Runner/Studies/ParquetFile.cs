using Parquet;
using Parquet.Schema;

namespace Testbed.Runner.Studies;

/// <summary>A table as Parquet: a column of numbers is one of doubles or, if they are whole, of 64-bit integers; an empty text is null.</summary>
internal static class ParquetFile
{
    /// <summary>Writes a table.</summary>
    public static async Task WriteAsync(StudyTable table, Stream to)
    {
        Type[] types = [.. table.Columns.Select((_, i) => TypeOf(table, i))];
        DataField[] fields = [.. table.Columns.Select((column, i) => new DataField(column, types[i], isNullable: true))];
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), to);
        await using (writer)
        {
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < fields.Length; i++)
            {
                var texts = table.Rows.Select(row => row[i]);
                if (types[i] == typeof(string))
                    await group.WriteAsync(fields[i], [.. texts.Select(text => text.Length == 0 ? null! : text)]);
                else if (types[i] == typeof(long))
                    await group.WriteAsync<long>(fields[i], texts.Select(text => (long?)StudyTable.Number(text)).ToArray().AsMemory());
                else
                    await group.WriteAsync<double>(fields[i], texts.Select(StudyTable.Number).ToArray().AsMemory());
            }
        }
    }

    private static Type TypeOf(StudyTable table, int column)
    {
        const double LargestExact = 1L << 53;
        if (!table.IsNumeric(table.Columns[column]))
            return typeof(string);
        return table.Rows.Select(row => StudyTable.Number(row[column])).All(n => n is null || (Math.Floor(n.Value) == n && Math.Abs(n.Value) < LargestExact))
            && !table.Rows.Any(row => row[column].Contains('.', StringComparison.Ordinal))
            ? typeof(long)
            : typeof(double);
    }
}
