using IoAsid.Typed.Analyzers.Options;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Configuration;

/// <summary>What is wrong with an option: the ends of sentences that begin with its name.</summary>
internal static class OptionMistakes
{
    /// <summary>Whether whoever wrote this key meant this analyzer, rightly spelt or not.</summary>
    public static bool IsMeantForUs(string key) =>
        key.StartsWith("ioasid", StringComparison.OrdinalIgnoreCase) || key.StartsWith("dotnet_code_quality.ioasid", StringComparison.OrdinalIgnoreCase);

    public static IEnumerable<string> In(string key, string value, Compilation compilation)
    {
        if (!IoAsidOptions.Names.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"is not known and does nothing; there are '{string.Join("' and '", IoAsidOptions.Names)}'";
            yield break;
        }

        MethodName[] methods = [.. MethodName.ParseList(value)];
        if (methods.Length == 0)
            yield return "names no method";

        foreach (MethodName method in methods)
        {
            if (!method.IsWellFormed)
                yield return $"names '{method}', which is no method; write Namespace.Type.Method, or a documentation id such as M:Namespace.Type.Method(System.UInt32)";
            else if (method.TypeWithoutIt(compilation) is { } type)
                yield return $"names '{method}', and '{type.ToDisplayString()}' has no such member";
        }
    }
}
