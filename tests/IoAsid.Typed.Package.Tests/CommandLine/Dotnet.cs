using System.Diagnostics;
using System.Reflection;

namespace IoAsid.Typed.Package.Tests.CommandLine;

/// <summary>Runs the <c>dotnet</c> command as a user would in a fresh shell.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // These variables of the test host, its build and its coverage collector would change the builds of child processes.
    private static readonly string[] InheritedPrefixes =
        ["MSBUILD", "CORECLR_", "COR_", "MICROSOFTINSTRUMENTATIONENGINE_", "TESTINGPLATFORM_", "NUGET_PACKAGES", "IOASID", "SHAREDCOMPILATION"];

    /// <summary>The folder of the compiler in the SDK that built this assembly.</summary>
    internal static string CompilerFolder => typeof(Dotnet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "CompilerFolder").Value!;

    /// <summary>The folder with the program <c>dotnet</c> of that SDK.</summary>
    internal static string Root => Path.GetFullPath(Path.Combine(CompilerFolder, "..", "..", ".."));

    public static async Task<DotnetResult> RunAsync(string folder, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(Describe(folder, arguments))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await WaitAsync(process);
        string command = "dotnet " + string.Join(' ', process.StartInfo.ArgumentList);
        return new DotnetResult(command, process.ExitCode, await output + await errors);
    }

    /// <summary>Describes a command, with the environment of a fresh shell.</summary>
    internal static ProcessStartInfo Describe(string folder, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsInherited).ToArray())
            start.Environment.Remove(name);

        // A server that outlives its command would keep the pipes open, and this process would wait for them.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = CompilerServer.IsRunning ? "true" : "false";
        start.Environment["SharedCompilationId"] = CompilerServer.Name;
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        WithoutInstrumentation(start);
        return start;
    }

    /// <summary>Switches the instrumentation of compiled code off. Commands that take seconds run most of their code once.</summary>
    internal static void WithoutInstrumentation(ProcessStartInfo start) => start.Environment["DOTNET_TieredPGO"] = "0";

    private static bool IsInherited(string name) =>
        InheritedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static async Task WaitAsync(Process process)
    {
        using CancellationTokenSource timeout = new(Patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException cancellation)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', process.StartInfo.ArgumentList)} took more than {Patience}.", cancellation);
        }
    }
}
