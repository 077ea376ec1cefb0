using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Benchmarks.Counters;

/// <summary>
/// Counts of code that runs in valgrind's emulated processor. The program under count calls a function of the C library before and after the code, at which valgrind writes
/// its counts to a file of its own.
/// </summary>
internal static partial class Callgrind
{
    // No other code calls the function.
    private const string Mark = "getppid";

    // The first level is the data cache of most processors of x86-64. In place of the last level there are the 2,048 entries of a second-level TLB: a line of it is a page.
    private const string FirstLevel = "32768,8,64";
    private const string Pages = "8388608,8,4096";

    // Valgrind would give out addresses below 4 GB. The just-in-time compiler then gives up the optimization of each method with a call.
    private const string LowestAddress = "0x100000000";

    // Valgrind cannot reserve the address space that the collector takes without a limit, and does not notice code that is written through a second mapping. It runs one
    // thread at a time, so code that waits to be compiled again would be counted as it was compiled first.
    private static readonly (string Name, string Value)[] s_runtime =
    [
        ("DOTNET_GCHeapHardLimit", "0x50000000"),
        ("DOTNET_EnableWriteXorExecute", "0"),
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_TieredCompilation", "0"),
    ];

    /// <summary>Runs code that is to be counted. The code has run before, so that nothing is compiled or loaded between the marks.</summary>
    public static void Count(Action<int> body, int operations)
    {
        _ = GetParent();
        body(operations);
        _ = GetParent();
    }

    /// <summary>Runs this program in the emulated processor.</summary>
    /// <returns>The counts of the marked pieces of code, in order; null if valgrind is missing.</returns>
    public static IReadOnlyList<Counts>? Run(params string[] arguments)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ioasid-counters-");
        try
        {
            string program = Path.ChangeExtension(typeof(Callgrind).Assembly.Location, null);
            string output = Path.Combine(folder.FullName, "counts");
            ProcessStartInfo start = new("valgrind",
            [
                "-q", $"--aspace-minaddr={LowestAddress}", "--tool=callgrind", $"--dump-before={Mark}", $"--callgrind-out-file={output}",
                "--collect-bus=yes", "--cache-sim=yes", $"--D1={FirstLevel}", $"--LL={Pages}", program, .. arguments,
            ]);
            foreach ((string name, string value) in s_runtime)
                start.Environment[name] = value;

            using Process process = Process.Start(start)!;
            process.WaitForExit();

            // A file has the counts since the mark before it. The files with even numbers are of the code between two marks.
            int files = Directory.GetFiles(folder.FullName, "counts.*").Length;
            return [.. Enumerable.Range(1, files / 2).Select(piece => Parse(File.ReadLines($"{output}.{2 * piece}")))];
        }
        catch (Win32Exception)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads the sums of a file of counts.</summary>
    public static Counts Parse(IEnumerable<string> lines)
    {
        Dictionary<string, string[]> fields = lines
            .Select(line => line.Split(": ", 2))
            .Where(line => line[0] is "events" or "totals")
            .ToDictionary(line => line[0], line => line[1].Split(' '));
        Dictionary<string, long> sums = fields["events"].Zip(fields["totals"]).ToDictionary(pair => pair.First, pair => long.Parse(pair.Second, CultureInfo.InvariantCulture));
        return new(Sum("Ir"), Sum("Dr"), Sum("Dw"), Sum("Ge"), Sum("D1mr", "D1mw"), Sum("DLmr", "DLmw"));

        // Valgrind leaves out the zeros at the end of a line.
        double Sum(params string[] events) => events.Sum(name => sums.GetValueOrDefault(name));
    }

    [LibraryImport("libc", EntryPoint = Mark)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetParent();
}
