using System.Globalization;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Counters;

/// <summary>
/// <c>counters</c>: counts the instructions and accesses to memory of each operation in an emulated processor. The counts do not depend on the load of the machine.
/// </summary>
internal static class CountersCommand
{
    /// <summary>The command that valgrind runs.</summary>
    public const string InsideName = "counters-inside";

    private const int Operations = 100_000;

    // The most bytes that the operations of one piece of code allocate.
    private const long MostAllocated = 64L * Operations;

    /// <param name="only">The beginning of the names of the operations to count.</param>
    public static int Run(string only)
    {
        IReadOnlyList<CountedCode> codes = CountedCode.Of(only);
        if (Callgrind.Run(InsideName, "--only", only) is not { } counts)
        {
            Console.Error.WriteLine("The program 'valgrind' is missing. Install the package of this name.");
            return 1;
        }

        if (counts.Count != codes.Count)
        {
            Console.Error.WriteLine($"{counts.Count} of {codes.Count} pieces of code were counted.");
            return 1;
        }

        Console.WriteLine($"{"operation",-50} {"code",-30} {"instructions",12} {"loads",7} {"stores",7} {"locked",7} {"lines",7} {"pages",7}");
        foreach ((CountedCode code, Counts sum) in codes.Zip(counts))
        {
            Counts each = sum / Operations;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{code.What,-50} {code.Code,-30} {each.Instructions,12:0.0} {each.Loads,7:0.0} {each.Stores,7:0.0} {each.Locked,7:0.0} {each.Lines,7:0.00} {each.Pages,7:0.00}"));
        }

        return 0;
    }

    /// <summary>Runs pieces of code, each after its warm-up.</summary>
    /// <param name="only">The beginning of the names of the operations to count.</param>
    public static int RunInside(string only)
    {
        CountedCode.Subjects subjects = new();
        foreach (CountedCode code in CountedCode.Of(only))
        {
            Action<int> body = code.Body(subjects);
            Interleaved.Calibrate(body);

            // A collection would be counted as a part of the operations.
            GC.TryStartNoGCRegion(MostAllocated);
            Callgrind.Count(body, Operations);
            GC.EndNoGCRegion();
        }

        return 0;
    }
}
