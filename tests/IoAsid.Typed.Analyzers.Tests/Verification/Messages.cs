using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>What all rules say of a piece of code, in words.</summary>
internal static class Messages
{
    /// <summary>The one message there is.</summary>
    public static async Task<string> OnlyAsync(string code, CancellationToken cancellationToken)
    {
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(
            AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]),
            cancellationToken);

        return Assert.Single(found).GetMessage(CultureInfo.InvariantCulture);
    }
}
