namespace IoAsid.Typed.Package.Tests;

/// <summary>The expected contents of a package.</summary>
/// <param name="Id">The id of the package.</param>
/// <param name="Dependencies">The ids of the packages that it depends on.</param>
/// <param name="Files">The files besides the library and its documentation, the manifest, the page and the icon.</param>
public sealed record PackedContents(string Id, IReadOnlyList<string> Dependencies, params IReadOnlyList<string> Files)
{
    private static readonly string[] s_severities = ["severities/Converged.globalconfig", "severities/Enforced.globalconfig", "severities/Transitional.globalconfig"];

    /// <summary>All packages of the solution.</summary>
    public static IReadOnlyList<PackedContents> All { get; } =
    [
        new(
            "IoAsid.Typed",
            [],
            [
                "analyzers/dotnet/cs/IoAsid.Typed.Analyzers.dll",
                "analyzers/dotnet/cs/IoAsid.Typed.CodeFixes.dll",
                .. BuildFiles(["IoAsid.Typed.props", "IoAsid.Typed.targets", "converged/IoAsid.Typed.Migration.dll", .. s_severities]),
                "lib/net10.0/IoAsid.Typed.Migration.dll",
                "lib/net10.0/IoAsid.Typed.Migration.xml",
            ]),
        new("IoAsid.Typed.DmaEngine", ["IoAsid.Typed.Hardware", "IoAsid.Typed.Layouts"]),
        new("IoAsid.Typed.Emulation", ["IoAsid.Typed.DmaEngine", "IoAsid.Typed.Hardware", "IoAsid.Typed.Vtd"]),
        new("IoAsid.Typed.Hardware", ["IoAsid.Typed.Layouts"]),
        new("IoAsid.Typed.Iommu", ["IoAsid.Typed", "IoAsid.Typed.DmaEngine", "IoAsid.Typed.Hardware", "IoAsid.Typed.Vtd"]),
        new(
            "IoAsid.Typed.Layouts",
            [],
            [
                "analyzers/dotnet/cs/IoAsid.Typed.Layouts.CodeFixes.dll",
                "analyzers/dotnet/cs/IoAsid.Typed.Layouts.Generator.dll",
                .. BuildFiles("IoAsid.Typed.Layouts.props", "IoAsid.Typed.Layouts.targets"),
            ]),
        new("IoAsid.Typed.Linux", ["IoAsid.Typed", "IoAsid.Typed.Hardware"]),
        new(
            "IoAsid.Typed.Templates",
            [],
            [
                "content/ioasid-console/.template.config/template.json",
                "content/ioasid-console/ConsoleName.csproj",
                "content/ioasid-console/Program.cs",
                "content/ioasid-driver/.template.config/template.json",
                "content/ioasid-driver/DeviceName.Tests/DeviceName.Tests.csproj",
                "content/ioasid-driver/DeviceName.Tests/DeviceTests.cs",
                "content/ioasid-driver/DeviceName.slnx",
                "content/ioasid-driver/DeviceName/DeviceDriver.cs",
                "content/ioasid-driver/DeviceName/DeviceName.csproj",
                "content/ioasid-driver/DeviceName/EmulatedDevice.cs",
                "content/ioasid-driver/DeviceName/Registers.cs",
                "content/ioasid-driver/Directory.Build.props",
                "content/ioasid-driver/global.json",
            ])
        {
            HasLibrary = false,
        },
        new(
            "IoAsid.Typed.Testing",
            ["IoAsid.Typed.Emulation"],
            [.. BuildFiles("BannedSymbols.ConfigureAwait.txt", "BannedSymbols.Steps.txt", "IoAsid.Typed.Testing.targets")]),
        new("IoAsid.Typed.Vtd", ["IoAsid.Typed.Hardware", "IoAsid.Typed.Layouts"]),
    ];

    /// <summary>Gets a value indicating whether the package has a library.</summary>
    public bool HasLibrary { get; private init; } = true;

    /// <summary>The assemblies that programs load.</summary>
    public IEnumerable<string> Libraries => AllFiles.Where(name => name.StartsWith("lib/", StringComparison.Ordinal) && name.EndsWith(".dll", StringComparison.Ordinal));

    /// <summary>The assemblies with code.</summary>
    public IEnumerable<string> Assemblies =>
        AllFiles.Where(name => name.EndsWith(".dll", StringComparison.Ordinal) && !name.Contains("/converged/", StringComparison.Ordinal));

    /// <summary>All files, in the order of their names.</summary>
    public IReadOnlyList<string> AllFiles =>
    [
        .. Files.Concat([$"{Id}.nuspec", "README.md", "icon.png"]).Concat(HasLibrary ? [$"lib/net10.0/{Id}.dll", $"lib/net10.0/{Id}.xml"] : []).Order(StringComparer.Ordinal),
    ];

    public override string ToString() => Id;

    // The files are there twice, for references that include only `build` and for all other references.
    private static IEnumerable<string> BuildFiles(params IReadOnlyList<string> names) =>
        names.Select(name => $"build/net10.0/{name}").Concat(names.Select(name => $"buildTransitive/net10.0/{name}"));
}
