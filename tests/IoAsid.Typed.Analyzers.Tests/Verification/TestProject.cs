using System.Collections.Immutable;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Migration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>The settings and references of the code under test: the newest language, nullable on, the framework of this process, the real SDK.</summary>
internal static class TestProject
{
    public static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    public static readonly CSharpCompilationOptions Compile = new(
        OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable);

    /// <summary>The parts of the framework that code under test uses. Each compilation looks names up in all of its references.</summary>
    private static readonly string[] s_parts =
    [
        "Microsoft.CSharp", "netstandard", "System", "System.Collections", "System.Collections.Concurrent", "System.Collections.Immutable", "System.ComponentModel",
        "System.Console", "System.Core", "System.Diagnostics.DiagnosticSource", "System.Diagnostics.Tracing", "System.Linq", "System.Linq.Expressions", "System.Memory",
        "System.ObjectModel", "System.Private.CoreLib", "System.Private.Uri", "System.Reflection.Metadata", "System.Runtime", "System.Runtime.Extensions",
        "System.Runtime.InteropServices", "System.Text.RegularExpressions", "System.Threading", "System.Threading.Channels", "System.Threading.Tasks", "System.Threading.Tasks.Parallel", "System.Threading.Thread",
    ];

    public static readonly ImmutableArray<MetadataReference> Framework = [.. FrameworkFiles().Select(file => MetadataReference.CreateFromFile(file))];

    public static readonly ImmutableArray<MetadataReference> Sdk =
    [
        MetadataReference.CreateFromFile(typeof(IoAsidSet).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(UntypedLookup).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(BitLayoutAttribute).Assembly.Location),
    ];

    /// <summary>The libraries of devices: of Linux, and of emulated machines.</summary>
    public static readonly ImmutableArray<MetadataReference> Devices =
    [
        MetadataReference.CreateFromFile(typeof(Hardware.IDmaDevice).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Iommu.IommuSubsystem).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Linux.Iommufd).Assembly.Location),
    ];

    /// <summary>A driver's data types, beside every piece of code under test.</summary>
    public const string DriverTypes = """
        global using System;
        global using System.Threading.Tasks;
        global using IoAsid.Typed;
        global using IoAsid.Typed.Migration;
        global using Driver;

        namespace Driver;

        public interface IServesFaults { }

        public abstract class SvaBinding : IServesFaults
        {
            public int Users { get; set; }

            public void Serve() { }

            public bool TryGet() => true;
        }

        public sealed class NativeSvaBinding : SvaBinding;

        public sealed class GuestSvaBinding : SvaBinding;

        public sealed class AuxiliaryDomain;
        """;

    private static IEnumerable<string> FrameworkFiles()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => string.Equals(Path.GetDirectoryName(file), folder, StringComparison.Ordinal) && s_parts.Contains(Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal));
    }
}
