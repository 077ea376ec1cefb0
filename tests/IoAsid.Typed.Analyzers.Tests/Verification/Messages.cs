using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>The message of a rule about a piece of code.</summary>
internal static class Messages
{
    /// <summary>Returns the message of the only diagnostic.</summary>
    public static async Task<string> OnlyAsync<TAnalyzer>(string code, CancellationToken cancellationToken)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Compilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(new TAnalyzer(), compilation, cancellationToken);

        return Assert.Single(found).GetMessage(CultureInfo.InvariantCulture);
    }
}
