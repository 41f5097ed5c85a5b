using System.CommandLine;
using Testbed.Node.Configuration;
using Testbed.Runner.Output;
using Testbed.Runner.Pictures;
using Testbed.Runner.Reporting;
using Testbed.Runner.Studies;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed report</c>: a run or a study as one page.</summary>
internal static class ReportCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "report";

    /// <summary>The command.</summary>
    public static Command Make(Surroundings surroundings)
    {
        var folder = new Argument<string>("DIR") { Description = "A run's folder or its result.json, or a study's folder." };
        var command = new Command(Name, "Write a run's or a study's report.html: figures, tables and pictures in one file.") { folder };
        command.SetAction(parsed => Execute(surroundings, parsed.GetRequiredValue(folder)));
        return command;
    }

    /// <exception cref="ConfigurationException">There is no run and no study there, or nothing can be written.</exception>
    private static int Execute(Surroundings surroundings, string given)
    {
        var folder = Path.GetFileName(given) == RunFolder.ResultFile && File.Exists(given) ? WrittenResult.FolderOf(given) : given;
        if (!Directory.Exists(folder))
            throw new ConfigurationException($"{ConfigurationException.Shown(folder)}: there is no such folder; expected a run's or a study's");
        var (model, pictures) = StudyFolder.IsStudy(folder) ? OfStudy(folder) : OfRun(folder);
        PictureFiles.Write(folder, pictures);
        var file = ReportFile.Write(folder, model);
        var page = new TextPage(surroundings.Width, colour: false);
        page.Line($"written to  {file}{(pictures.Count > 0 ? $" and {Path.Combine(folder, PictureFiles.Folder)}: SVG, PNG, and the data of each as CSV" : "")}");
        page.Line($"look at it  open {file} in a browser; it needs nothing else");
        surroundings.Out.Write(page.ToString());
        return ExitCode.Success;
    }

    private static (ReportModel Model, IReadOnlyList<Picture> Pictures) OfRun(string folder)
    {
        if (!File.Exists(Path.Combine(folder, RunFolder.ResultFile)))
            throw new ConfigurationException($"{folder}: is no run's folder and no study's; there is neither {RunFolder.ResultFile} nor {StudyFolder.FactsFile} in it");
        var result = WrittenResult.Read(folder);
        var pictures = RunPictures.Of(folder, result);
        return (RunReport.Of(folder, result, pictures), pictures);
    }

    private static (ReportModel Model, IReadOnlyList<Picture> Pictures) OfStudy(string folder)
    {
        var facts = StudyFolder.Facts(folder);
        if (!File.Exists(Path.Combine(folder, StudyFolder.TableFile)))
            throw new ConfigurationException($"{folder}: the study has no table yet; testbed sweep {facts.Study} --resume --out {folder} goes on with it");
        var study = StudyCatalog.ReadFile(Path.Combine(folder, StudyFolder.StudyTextFile));
        var table = Csv.ReadFile(Path.Combine(folder, StudyFolder.TableFile));
        var pictures = StudyPictures.Of(study, table, Result);
        return (new StudyReport(folder, study, facts, table, Result).Model(pictures), pictures);

        Testbed.Node.Results.RunResult Result(string id) => WrittenResult.Read(StudyFolder.RunPath(folder, id));
    }
}
