using System.Text.RegularExpressions;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The number of public types of each assembly, so that the surface does not grow by accident.</summary>
public sealed partial class PublicSurfaceTests
{
    private static readonly Dictionary<string, int> s_publicTypes = new(StringComparer.Ordinal)
    {
        ["IoAsid.Typed.DmaEngine"] = 12,
        ["IoAsid.Typed.Emulation"] = 27,
        ["IoAsid.Typed.Hardware"] = 25,
        ["IoAsid.Typed.Iommu"] = 47,
        ["IoAsid.Typed.Layouts"] = 22,
        ["IoAsid.Typed.Linux"] = 48,
        ["IoAsid.Typed.Migration"] = 1,
        ["IoAsid.Typed.Testing"] = 4,
        ["IoAsid.Typed.Vtd"] = 81,
        ["IoAsid.Typed"] = 42,
    };

    public static TheoryData<string> Assemblies => [.. s_publicTypes.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_types_are_no_more_than_the_table_says(string assembly) =>
        Assert.InRange(PublicTypes(WorkingTree.PathOf($"src/{assembly}")).Count(), 1, s_publicTypes[assembly]);

    [Fact]
    public void Each_assembly_with_a_public_surface_is_in_the_table() => Assert.Equal(
        s_publicTypes.Keys.Order(StringComparer.Ordinal),
        Directory.EnumerateDirectories(WorkingTree.PathOf("src")).Where(folder => PublicTypes(folder).Any()).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal));

    /// <summary>Returns the lines of the lists of public members that name a type. The build keeps the lists complete.</summary>
    private static IEnumerable<string> PublicTypes(string folder) =>
        from file in Directory.EnumerateFiles(folder, "PublicAPI.*.txt")
        from line in File.ReadLines(file)
        where TypeLine().IsMatch(line)
        select line;

    [GeneratedRegex(@"^[\w.]+(<[\w, ]+>)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeLine();
}
