namespace IoAsid.Typed.Package.Tests.CommandLine;

/// <summary>The result of a <c>dotnet</c> command.</summary>
internal sealed record DotnetResult(string Command, int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    public IReadOnlyList<BuildDiagnostic> Diagnostics => BuildDiagnostic.ReadAll(Output);

    public DotnetResult EnsureSucceeded()
    {
        Assert.True(Succeeded, ToString());
        return this;
    }

    public override string ToString() => $"{Command}\nended with {ExitCode} and said:\n{Output}";
}
