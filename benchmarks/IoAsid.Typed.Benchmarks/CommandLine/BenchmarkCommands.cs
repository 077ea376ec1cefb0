using System.CommandLine;
using System.CommandLine.Parsing;
using IoAsid.Typed.Benchmarks.Analyzers;
using IoAsid.Typed.Benchmarks.Counters;
using IoAsid.Typed.Benchmarks.Emulation;
using IoAsid.Typed.Benchmarks.Growth;
using IoAsid.Typed.Benchmarks.Iommu;
using IoAsid.Typed.Benchmarks.Linux;
using IoAsid.Typed.Benchmarks.Micro;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.CommandLine;

/// <summary>The command line of the benchmarks. Arguments that cannot work are refused before a measurement begins.</summary>
internal static class BenchmarkCommands
{
    private const int CannotWrite = 1;

    public static RootCommand Create() => new("Measures this project. Run it in Release on a quiet machine.")
    {
        Ratios(),
        Analyzers(),
        WithResults("emulation", "Measures the emulated unit against the memory that it reads and the library's own lookup.", EmulationCommand.Run),
        WithResults("iommu", "Measures the operating system's side on the emulated unit.", IommuCommand.Run),
        Counters(),
        CountersInside(),
        Growth(),
        Linux(),
        Micro(),
    };

    private static Command Ratios()
    {
        Option<string?> only = Only(RatioCommand.Parts);
        Option<string?> json = Json();
        Command command = new("ratios", "Measures the goals of the library against their contenders.") { only, json };
        command.SetAction(result => WithFile(result.GetValue(json), file => RatioCommand.Run(result.GetValue(only), file)));
        return command;
    }

    private static Command Analyzers()
    {
        Option<string?> sources = new("--sources") { Description = "The folder with the C# to analyze, in place of a generated code base.", HelpName = "DIR" };
        sources.Validators.Add(RefuseFolderWithoutSources);
        Option<string?> json = Json();
        Command command = new("analyzers", "Measures all rules, one by one and together, against BannedApiAnalyzers.") { sources, json };
        command.SetAction(async result => TryPrepare(result.GetValue(json)) ? await AnalyzerCommand.RunAsync(result.GetValue(sources), result.GetValue(json)) : CannotWrite);
        return command;
    }

    private static Command WithResults(string name, string description, Func<string?, int> run)
    {
        Option<string?> json = Json();
        Command command = new(name, description) { json };
        command.SetAction(result => WithFile(result.GetValue(json), run));
        return command;
    }

    private static Command Counters()
    {
        Option<string> only = OnlyOperations();
        Command command = new("counters", "Counts the instructions and memory accesses of the operations of the library, in an emulated processor.") { only };
        command.SetAction(result => CountersCommand.Run(result.GetValue(only)!));
        return command;
    }

    private static Command CountersInside()
    {
        Option<string> only = OnlyOperations();
        Command command = new(CountersCommand.InsideName) { only };
        command.Hidden = true;
        command.SetAction(result => CountersCommand.RunInside(result.GetValue(only)!));
        return command;
    }

    private static Option<string> OnlyOperations()
    {
        Option<string> only = new("--only") { Description = "The beginning of the names of the operations to count.", HelpName = "TEXT", DefaultValueFactory = static _ => "" };
        only.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } beginning && CountedCode.Of(beginning).Count == 0)
                result.AddError($"The name of no operation begins with '{beginning}'. There are: {string.Join("; ", CountedCode.All.Select(code => code.What).Distinct())}.");
        });
        return only;
    }

    private static Command Growth()
    {
        Option<string?> only = Only(GrowthCommand.Parts);
        Option<string?> svg = new("--svg") { Description = "The folder that receives the charts.", HelpName = "DIR" };
        svg.Validators.Add(RefuseMissingFolder);
        Command command = new("growth", "Measures how costs grow with the number of ids and of lines.") { only, svg };
        command.SetAction(result => GrowthCommand.RunAsync(result.GetValue(only), result.GetValue(svg)));
        return command;
    }

    private static Command Linux()
    {
        Command command = new("linux", "Measures the Linux library against raw system calls, on a real kernel in an emulator.");
        command.SetAction(_ => LinuxCommand.Run());
        return command;
    }

    private static Command Micro()
    {
        Option<string> filter = new("--filter") { Description = "The benchmarks to run, with * for any characters.", HelpName = "GLOB", DefaultValueFactory = static _ => "*" };
        filter.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } glob && !MicroCommand.Find(glob).Any())
                result.AddError($"No benchmark is named like '{glob}'. There are: {string.Join(", ", MicroCommand.Names)}.");
        });
        Command command = new("micro", "Runs the benchmarks of BenchmarkDotNet.") { filter };
        command.SetAction(result => MicroCommand.Run(result.GetValue(filter)!));
        return command;
    }

    private static Option<string?> Only(IEnumerable<string> parts)
    {
        Option<string?> only = new("--only") { Description = "The only part to measure.", HelpName = "PART" };
        only.AcceptOnlyFromAmong([.. parts]);
        return only;
    }

    private static Option<string?> Json() => new("--json") { Description = "The file that receives the results.", HelpName = "FILE" };

    private static void RefuseMissingFolder(OptionResult result)
    {
        if (result.GetValueOrDefault<string?>() is { } folder && !Directory.Exists(folder))
            result.AddError($"The folder '{folder}' does not exist.");
    }

    private static void RefuseFolderWithoutSources(OptionResult result)
    {
        RefuseMissingFolder(result);
        if (result.GetValueOrDefault<string?>() is { } folder && Directory.Exists(folder) && !CodeBase.FilesOf(folder).Any())
            result.AddError($"The folder '{folder}' has no C# files.");
    }

    private static int WithFile(string? file, Func<string?, int> run) => TryPrepare(file) ? run(file) : CannotWrite;

    // A measurement takes minutes, so the file is opened before it begins.
    private static bool TryPrepare(string? file)
    {
        if (file is null)
            return true;
        try
        {
            using FileStream opened = File.Open(file, FileMode.OpenOrCreate, FileAccess.Write);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine($"The file '{file}' cannot be written: {refused.Message} Name another one.");
            return false;
        }
    }
}
