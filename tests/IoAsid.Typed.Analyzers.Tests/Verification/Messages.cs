using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>What a rule says of a piece of code, in words.</summary>
internal static class Messages
{
    /// <summary>The one message there is.</summary>
    public static async Task<string> OnlyAsync<TAnalyzer>(string code, CancellationToken cancellationToken)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Compilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(new TAnalyzer(), compilation, cancellationToken);

        return Assert.Single(found).GetMessage(CultureInfo.InvariantCulture);
    }
}
