using System.Text;
using Testbed.Node.Configuration;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>Writes pictures, each as SVG and PNG with its data beside it.</summary>
internal static class PictureFiles
{
    /// <summary>The folder of pictures within a run's or a study's.</summary>
    public const string Folder = "pictures";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes them.</summary>
    /// <exception cref="ConfigurationException">They cannot be written.</exception>
    public static void Write(string folder, IReadOnlyList<Picture> pictures)
    {
        var path = Path.Combine(folder, Folder);
        try
        {
            if (pictures.Count > 0)
                Directory.CreateDirectory(path);
            foreach (var picture in pictures)
            {
                File.WriteAllText(Path.Combine(path, picture.Name + ".svg"), picture.Svg(PictureStyle.File), Utf8);
                File.WriteAllBytes(Path.Combine(path, picture.Name + ".png"), picture.Png(PictureStyle.File));
                File.WriteAllText(Path.Combine(path, picture.Name + ".csv"), Csv.Write(picture.Data), Utf8);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: pictures cannot be written: {e.Message}", e);
        }
    }
}
