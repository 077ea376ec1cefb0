using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>A program outside the repository, and the result of its build.</summary>
internal sealed record ConsumerBuild(Consumer Consumer, DotnetResult Result)
{
    /// <summary>The reported lines as the tests write them, in their order.</summary>
    public IEnumerable<string> Reported => Result.Diagnostics.Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal);

    /// <summary>Asserts that the build succeeded without any message. Analyzers that fail to load are only a warning without a line.</summary>
    public void AssertSilent() => Assert.True(Result.Succeeded && Result.Output.Length == 0, Result.ToString());

    /// <summary>Asserts that the build reported exactly these lines.</summary>
    public void AssertReports(IEnumerable<string> expected) =>
        Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(Reported, StringComparer.Ordinal), Result.ToString());
}
