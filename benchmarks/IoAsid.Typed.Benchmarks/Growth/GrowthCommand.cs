using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary><c>growth [--only PART] [--svg DIR]</c>: measures how costs grow with the number of ids and of lines, for this library and its contenders.</summary>
internal static class GrowthCommand
{
    private static readonly OrderedDictionary<string, Func<Task<Chart>>> s_parts = new()
    {
        ["find"] = static () => Task.FromResult(IdGrowth.Find()),
        ["allocate"] = static () => Task.FromResult(IdGrowth.Allocate()),
        ["memory"] = static () => Task.FromResult(IdGrowth.Memory()),
        ["rules"] = RuleGrowth.MeasureAsync,
    };

    /// <summary>The names of the parts.</summary>
    public static IEnumerable<string> Parts => s_parts.Keys;

    public static async Task<int> RunAsync(string? part, string? folder)
    {
        foreach (string line in MeasuringMachine.Current.Lines)
            Console.WriteLine(line);
        Console.WriteLine();
        foreach (Func<Task<Chart>> measure in s_parts.Only(part))
        {
            Chart chart = await measure();
            chart.Print(Console.Out);
            if (folder is not null)
                await File.WriteAllTextAsync(Path.Combine(folder, chart.Name + ".svg"), chart.ToSvg());
        }

        return 0;
    }
}
