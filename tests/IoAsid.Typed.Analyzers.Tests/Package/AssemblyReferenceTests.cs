using System.Reflection;

namespace IoAsid.Typed.Analyzers.Tests.Package;

public sealed class AssemblyReferenceTests
{
    /// <summary>The compiler has no Workspaces: one reference to it, and every rule dies at run time with the build green.</summary>
    [Theory]
    [InlineData(typeof(DiagnosticIds))]
    [InlineData(typeof(Layouts.Generator.LayoutDiagnosticIds))]
    public void Rules_need_nothing_that_the_compiler_lacks(Type rule)
    {
        Assembly rules = rule.Assembly;

        string[] references = [.. rules.GetReferencedAssemblies().Select(name => name.Name!).Order(StringComparer.Ordinal)];

        Assert.Subset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "Microsoft.CodeAnalysis",
                "Microsoft.CodeAnalysis.CSharp",
                "System.Collections.Immutable",

                // Wherever System.Collections.Immutable is, this is: it needs it itself.
                "System.Memory",

                // The compiler reads all references with it.
                "System.Reflection.Metadata",
                "netstandard",
            },
            new HashSet<string>(references, StringComparer.Ordinal));
    }
}
