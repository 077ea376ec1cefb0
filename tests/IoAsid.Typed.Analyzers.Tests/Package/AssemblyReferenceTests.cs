using System.Reflection;

namespace IoAsid.Typed.Analyzers.Tests.Package;

public sealed class AssemblyReferenceTests
{
    /// <summary>The compiler does not load the Workspaces assembly. With a reference to it no rule would load, and the build would still succeed.</summary>
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

                // System.Collections.Immutable itself references this assembly.
                "System.Memory",

                // The compiler itself references this assembly.
                "System.Reflection.Metadata",
                "netstandard",
            },
            new HashSet<string>(references, StringComparer.Ordinal));
    }
}
