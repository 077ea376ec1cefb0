using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IoAsid.Typed.Package.Tests.CommandLine;

/// <summary>
/// The language server <c>csharp-ls</c> on a folder, driven as an editor drives it: by messages of the Language Server Protocol on its standard input and output. Rules of packages
/// are switched on.
/// </summary>
internal sealed class LanguageServer : IAsyncDisposable
{
    private const string Length = "Content-Length: ";

    // The server starts and loads a project within 10 seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly CancellationTokenSource _timeout = new(Patience);
    private int _requests;

    private LanguageServer(Process process) => _process = process;

    private static string Tools => Path.Combine(RepositoryRoot.Path, "tools", "optional");

    /// <summary>Installs the server from the manifest of optional tools.</summary>
    /// <returns>Null if the server is installed; otherwise, the reason.</returns>
    public static async Task<string?> InstallAsync()
    {
        DotnetResult restore = await Dotnet.RunAsync(Tools, "tool", "restore");
        // The restore fails if any tool of the manifest is unavailable.
        return restore.Output.Contains("Tool 'csharp-ls' (", StringComparison.Ordinal) ? null : restore.ToString();
    }

    /// <summary>Starts the server on a folder with a restored project.</summary>
    public static async Task<LanguageServer> StartAsync(string folder)
    {
        ProcessStartInfo start = Dotnet.Describe(Tools, ["tool", "run", "csharp-ls"]);
        // The server uses the .NET SDK in this folder to load projects.
        start.Environment["DOTNET_ROOT"] = Dotnet.Root;
        start.Environment["PATH"] = $"{Dotnet.Root}{Path.PathSeparator}{start.Environment["PATH"]}";
        LanguageServer server = new(Process.Start(start)!);
        server._process.ErrorDataReceived += (_, _) => { };
        server._process.BeginErrorReadLine();
        try
        {
            await server.RequestAsync("initialize", new
            {
                processId = Environment.ProcessId,
                rootUri = new Uri(folder),
                workspaceFolders = new[] { new { uri = new Uri(folder), name = "consumer" } },
                capabilities = new { workspace = new { configuration = true }, textDocument = new { publishDiagnostics = new { codeDescriptionSupport = true } } },
            });
            await server.NotifyAsync("initialized", new { });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a notification.</summary>
    public Task NotifyAsync(string method, object parameters) => SendAsync(new { jsonrpc = "2.0", method, @params = parameters });

    /// <summary>Sends a request, and returns the result.</summary>
    public async Task<JsonElement> RequestAsync(string method, object parameters)
    {
        int id = ++_requests;
        await SendAsync(new { jsonrpc = "2.0", id, method, @params = parameters });
        JsonElement response = await ReceiveAsync(message => !message.TryGetProperty("method", out _) && message.GetProperty("id").GetInt32() == id);
        return response.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method}: {response}");
    }

    /// <summary>Waits for the first notification of diagnostics that fulfils a condition.</summary>
    public async Task<JsonElement[]> WaitForDiagnosticsAsync(Func<IEnumerable<string?>, bool> condition)
    {
        return Diagnostics(await ReceiveAsync(message => IsCall(message, "textDocument/publishDiagnostics") && condition(Diagnostics(message).Select(Code))));
    }

    /// <summary>Returns the id of a diagnostic.</summary>
    public static string? Code(JsonElement diagnostic) => diagnostic.TryGetProperty("code", out JsonElement code) ? code.ToString() : null;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _timeout.Dispose();
    }

    private static JsonElement[] Diagnostics(JsonElement message) => [.. message.GetProperty("params").GetProperty("diagnostics").EnumerateArray()];

    private static bool IsCall(JsonElement message, string method) => message.TryGetProperty("method", out JsonElement called) && called.GetString() == method;

    // Answers the requests of the server on the way.
    private async Task<JsonElement> ReceiveAsync(Func<JsonElement, bool> isExpected)
    {
        while (true)
        {
            JsonElement message = await ReadAsync();
            if (isExpected(message))
                return message;
            if (message.TryGetProperty("method", out _) && message.TryGetProperty("id", out JsonElement id))
                await SendAsync(new { jsonrpc = "2.0", id, result = IsCall(message, "workspace/configuration") ? new[] { new { analyzersEnabled = true } } : null });
        }
    }

    private async Task SendAsync(object message)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(message);
        Stream input = _process.StandardInput.BaseStream;
        await input.WriteAsync(Encoding.ASCII.GetBytes($"{Length}{content.Length}\r\n\r\n"), _timeout.Token);
        await input.WriteAsync(content, _timeout.Token);
        await input.FlushAsync(_timeout.Token);
    }

    private async Task<JsonElement> ReadAsync()
    {
        int length = 0;
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith(Length, StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line[Length.Length..], CultureInfo.InvariantCulture);
        }

        byte[] content = new byte[length];
        await _process.StandardOutput.BaseStream.ReadExactlyAsync(content, _timeout.Token);
        return JsonSerializer.Deserialize<JsonElement>(content);
    }

    private async Task<string> ReadLineAsync()
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (true)
        {
            await _process.StandardOutput.BaseStream.ReadExactlyAsync(one, _timeout.Token);
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }
}
