using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The mistakes in an option. Each ends a sentence that begins with the name of the option.</summary>
internal static class OptionMistakes
{
    /// <summary>Returns true if a key is meant for this analyzer, correctly spelt or not.</summary>
    public static bool IsMeantForUs(string key) =>
        key.StartsWith("ioasid", StringComparison.OrdinalIgnoreCase) || key.StartsWith("dotnet_code_quality.ioasid", StringComparison.OrdinalIgnoreCase);

    public static IEnumerable<string> In(string key, string value, Compilation compilation)
    {
        if (!IoAsidOptions.Names.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"is not known and has no effect; the options are '{string.Join("' and '", IoAsidOptions.Names)}'";
            yield break;
        }

        MethodName[] methods = [.. MethodName.ParseList(value)];
        if (methods.Length == 0)
            yield return "names no member";

        foreach (MethodName method in methods)
        {
            if (!method.IsWellFormed)
                yield return $"names '{method}', which is not the name of a member; write Namespace.Type.Member, Namespace.Type.this[], or a documentation id such as M:Namespace.Type.Member(System.UInt32)";
            else if (method.TypeWithoutIt(compilation) is { } type)
                yield return $"names '{method}', and '{type.ToDisplayString()}' has no such member";
        }
    }
}
