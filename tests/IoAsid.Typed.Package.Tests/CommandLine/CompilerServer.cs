using System.Diagnostics;

namespace IoAsid.Typed.Package.Tests.CommandLine;

/// <summary>A compiler that all builds of this process share. Unlike the server that a build starts by itself, it ends with this process.</summary>
internal static class CompilerServer
{
    private static Process? s_server;

    /// <summary>Gets a value indicating whether builds can use the server.</summary>
    public static bool IsRunning => s_server is { HasExited: false };

    public static string Name { get; } = $"ioasid-package-{Environment.ProcessId}";

    /// <summary>Starts the server of the SDK that built this assembly. An SDK without the program builds without a server.</summary>
    public static void Start()
    {
        string program = Path.Combine(Dotnet.CompilerFolder, "bincore", OperatingSystem.IsWindows() ? "VBCSCompiler.exe" : "VBCSCompiler");
        if (!File.Exists(program))
            return;

        ProcessStartInfo start = new(program, [$"-pipename:{Name}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = Dotnet.Root;
        Dotnet.WithoutInstrumentation(start);
        s_server = Process.Start(start);
    }

    public static void Stop()
    {
        if (s_server is null)
            return;

        s_server.Kill(entireProcessTree: true);
        s_server.WaitForExit();
        s_server.Dispose();
        s_server = null;

        // On Unix the pipe is a socket with a file, which a killed server leaves behind.
        File.Delete(Path.Combine(Path.GetTempPath(), Name));
    }
}
