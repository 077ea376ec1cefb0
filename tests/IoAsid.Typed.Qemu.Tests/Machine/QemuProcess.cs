using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>QEMU without a processor, which this process drives over a socket.</summary>
internal sealed partial class QemuProcess : IDisposable
{
    /// <summary>The environment variable with the command that runs QEMU.</summary>
    private const string Variable = "IOASID_QEMU";

    private static readonly Version s_oldest = new(11, 1);

    private static readonly Lazy<(string? Command, string Reason)> s_found = new(Find);

    private readonly Process _process;
    private readonly string _socket;
    private QmpConnection? _monitor;

    private QemuProcess(string command, IEnumerable<string> arguments)
    {
        _socket = Path.Combine(Path.GetTempPath(), $"ioasid-{Guid.NewGuid():N}.sock");
        ProcessStartInfo start = new(command) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        string[] fixedArguments =
        [
            "-machine", "q35", "-accel", "qtest", "-m", "256", "-display", "none", "-nodefaults", "-no-user-config", "-vga", "none",
            "-chardev", $"socket,id=q,server=on,wait=off,path={_socket}", "-qtest", "chardev:q", "-qtest-log", "/dev/null",
            "-qmp", $"unix:{MonitorSocket},server=on,wait=off",
        ];
        foreach (string argument in fixedArguments.Concat(arguments))
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        Connection = new QtestConnection(Connect(_socket));
    }

    /// <summary>Gets a value indicating whether QEMU is available.</summary>
    public static bool IsAvailable => s_found.Value.Command is not null;

    /// <summary>The reason why QEMU is not available.</summary>
    public static string Reason => s_found.Value.Reason;

    public QtestConnection Connection { get; }

    /// <summary>The monitor.</summary>
    public QmpConnection Monitor => _monitor ??= new QmpConnection(Connect(MonitorSocket));

    private string MonitorSocket => _socket + ".monitor";

    /// <summary>Starts QEMU, or skips the test if QEMU is not available.</summary>
    public static QemuProcess Start(params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(IsAvailable, Reason);
        return new QemuProcess(s_found.Value.Command!, arguments);
    }

    public void Dispose()
    {
        Connection.Dispose();
        _monitor?.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_socket);
        File.Delete(MonitorSocket);
    }

    private static (string? Command, string Reason) Find()
    {
        string command = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "qemu-system-x86_64";
        try
        {
            ProcessStartInfo start = new(command, "--version") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Match match = VersionPattern().Match(output);
            if (match.Success && Version.Parse(match.Groups["version"].Value) >= s_oldest)
                return (command, "");
            return (null, string.Create(CultureInfo.InvariantCulture, $"{command} is not QEMU {s_oldest} or newer. Run these tests by tests/qemu.sh, which downloads QEMU."));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, $"The command {command} does not exist. Run these tests by tests/qemu.sh, which downloads QEMU.");
        }
    }

    [GeneratedRegex(@"QEMU emulator version (?<version>\d+\.\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();

    private NetworkStream Connect(string path)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException error)
            {
                socket.Dispose();
                if (_process.HasExited)
                    throw new QtestException($"QEMU did not start: {_process.StandardError.ReadToEnd()}", error);
                if (waited.Elapsed > TimeSpan.FromSeconds(60))
                    throw;
                Thread.Sleep(20);
            }
        }
    }
}
