using System.Diagnostics;

namespace IoAsid.Typed.Benchmarks.Linux;

/// <summary>
/// <c>linux</c>: runs <c>tests/linux/run speed</c>, which measures the Linux library against raw system calls on a real kernel in QEMU. Its time is a count of
/// instructions, so the ratios do not depend on this machine.
/// </summary>
internal static class LinuxCommand
{
    private const string Script = "tests/linux/run";

    public static int Run()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Join(root.FullName, Script)))
            root = root.Parent;

        if (root is null)
        {
            Console.Error.WriteLine($"{Script} is in none of the folders above {AppContext.BaseDirectory}.");
            return 1;
        }

        using Process script = Process.Start(new ProcessStartInfo(Path.Join(root.FullName, Script), ["speed"]) { UseShellExecute = false })!;
        script.WaitForExit();
        return script.ExitCode;
    }
}
