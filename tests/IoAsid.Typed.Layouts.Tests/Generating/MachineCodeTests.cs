using System.Diagnostics;
using IoAsid.Typed.Layouts.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Layouts.Tests.Generating;

/// <summary>Accessors of fields compile to the machine code of shifts and masks that are written by hand.</summary>
public sealed class MachineCodeTests
{
    private const string Program = """
        using System.Reflection;
        using System.Runtime.CompilerServices;

        [FieldWidth(20)]
        public readonly record struct Tag(uint Number) : IFieldValue<Tag>
        {
            static Tag IFieldValue<Tag>.FromField(ulong bits) => new((uint)bits);

            ulong IFieldValue<Tag>.ToField() => Number;
        }

        public enum Mode { Off, On, Test = 3 }

        [BitLayout("Register", 64)]
        public readonly partial record struct Register
        {
            [Bits("F", 5)] public partial bool Flag { get; init; }
            [Bits("N", 8, 15)] public partial byte Number { get; init; }
            [Bits("ADDR", 16, 51, Content = FieldContent.Address)] public partial ulong Address { get; init; }
        }

        [BitLayout("Entry", 512)]
        public readonly partial record struct Entry
        {
            [Bits("P", 0)] public partial bool Present { get; init; }
            [Bits("DID", 72, 87)] public partial ushort Domain { get; init; }
            [Bits("MODE", 130, 131)] public partial Mode Mode { get; init; }
            [Bits("TAG", 200, 219)] public partial Tag Tag { get; init; }
            [Bits("ADDR", 268, 319, Content = FieldContent.HostAddress)] public partial ulong Address { get; init; }
            [Bits("LOW", 320, 323), Bits("HIGH", 511)] public partial byte Split { get; init; }
        }

        public static class Generated
        {
            public static bool Flag(Register register) => register.Flag;
            public static byte Number(Register register) => register.Number;
            public static ulong PageOf(Register register) => register.Address;
            public static Register SetFlag(Register register) => register with { Flag = true };
            public static Register SetNumber(Register register, byte value) => register with { Number = value };
            public static bool Present(in Entry entry) => entry.Present;
            public static ushort Domain(in Entry entry) => entry.Domain;
            public static Mode Mode(in Entry entry) => entry.Mode;
            public static Tag Tag(in Entry entry) => entry.Tag;
            public static ulong Address(in Entry entry) => entry.Address;
            public static byte Split(in Entry entry) => entry.Split;
            public static Entry SetPresent(in Entry entry) => entry with { Present = true };
            public static Entry SetDomain(in Entry entry, ushort value) => entry with { Domain = value };
            public static Entry SetMode(in Entry entry) => entry with { Mode = global::Mode.Test };
            public static Entry SetTag(in Entry entry, Tag value) => entry with { Tag = value };
            public static Entry SetAddress(in Entry entry, ulong value) => entry with { Address = value };
        }

        public static class Handwritten
        {
            public static bool Flag(Register register) => (register.Bits.Value & 0x20) != 0;
            public static byte Number(Register register) => (byte)((register.Bits.Value >> 8) & 0xFF);
            public static ulong PageOf(Register register) => register.Bits.Value & 0xF_FFFF_FFFF_0000;
            public static Register SetFlag(Register register) => new(register.Bits.Value | 0x20);
            public static Register SetNumber(Register register, byte value)
            {
                ulong raw = value;
                return new((register.Bits.Value & ~0xFF00UL) | (raw << 8));
            }

            public static bool Present(in Entry entry) => (entry.Bits.Word0 & 1) != 0;
            public static ushort Domain(in Entry entry) => (ushort)((entry.Bits.Word1 >> 8) & 0xFFFF);
            public static Mode Mode(in Entry entry) => (Mode)((entry.Bits.Word2 >> 2) & 3);
            public static Tag Tag(in Entry entry) => new((uint)((entry.Bits.Word3 >> 8) & 0xF_FFFF));
            public static ulong Address(in Entry entry) => entry.Bits.Word4 & ~0xFFFUL;
            public static byte Split(in Entry entry) => (byte)((entry.Bits.Word5 & 0xF) | (((entry.Bits.Word7 >> 63) & 1) << 4));
            public static Entry SetPresent(in Entry entry) => new(entry.Bits with { Word0 = entry.Bits.Word0 | 1 });
            public static Entry SetDomain(in Entry entry, ushort value) => new(entry.Bits with { Word1 = (entry.Bits.Word1 & ~0xFFFF00UL) | ((ulong)value << 8) });
            public static Entry SetMode(in Entry entry) => new(entry.Bits with { Word2 = (entry.Bits.Word2 & ~0xCUL) | (3UL << 2) });
            public static Entry SetTag(in Entry entry, Tag value)
            {
                ulong raw = value.Number;
                if (raw > 0xF_FFFF)
                    throw FieldValue.DoesNotFit("TAG[219:200]", 0xF_FFFF, raw);

                return new(entry.Bits with { Word3 = (entry.Bits.Word3 & ~0xFFFFF00UL) | (raw << 8) });
            }

            public static Entry SetAddress(in Entry entry, ulong value) => (value & 0xFFF) == 0
                ? new(entry.Bits with { Word4 = (entry.Bits.Word4 & 0xFFF) | value })
                : throw FieldValue.AddressDoesNotFit("ADDR[319:268]", ~0xFFFUL, value);
        }

        public static class Program
        {
            public static void Main()
            {
                foreach (Type type in (Type[])[typeof(Generated), typeof(Handwritten)])
                {
                    foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
                        RuntimeHelpers.PrepareMethod(method.MethodHandle);
                }
            }
        }
        """;

    private static readonly string[] s_wideSetters = ["SetPresent", "SetDomain", "SetMode", "SetTag", "SetAddress"];

    [Fact]
    public async Task Accessors_are_the_machine_code_of_shifts_and_masks()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("layouts-");
        try
        {
            Dictionary<string, string> listing = ByMethod(await ListingOf(folder.FullName));

            string[] methods = [.. listing.Keys.Where(name => name.StartsWith("Generated:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            Assert.Equal(16, methods.Length);
            Assert.All(methods, name => Assert.Equal(Compared(listing, name.Replace("Generated:", "Handwritten:", StringComparison.Ordinal)), Compared(listing, name)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Returns the instructions of a method: sorted if the compiler may copy the other words of a wide structure before or after the shift.</summary>
    private static string Compared(Dictionary<string, string> listing, string method) => s_wideSetters.Contains(method.Split(':')[1])
        ? string.Join('\n', listing[method].Split('\n').Order(StringComparer.Ordinal))
        : listing[method];

    /// <summary>Compiles and runs the program, and returns the machine code of both classes, which the just-in-time compiler prints.</summary>
    private static async Task<string> ListingOf(string folder)
    {
        CSharpCompilation compilation = TestProject.Compile(Program)
            .WithOptions(new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        Generation generation = new();
        GeneratorRunResult generated = generation.Run(compilation);
        string program = Path.Combine(folder, "UnderTest.dll");
        Assert.True(compilation.AddSyntaxTrees(generated.GeneratedSources.Select(source => source.SyntaxTree)).Emit(program, cancellationToken: TestContext.Current.CancellationToken).Success);
        string library = typeof(BitLayoutAttribute).Assembly.Location;
        File.Copy(Path.ChangeExtension(library, ".plain"), Path.Combine(folder, Path.GetFileName(library)));

        string output = Path.Combine(folder, "listing.txt");
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", "--runtimeconfig", RuntimeConfiguration, program])
        {
            Environment =
            {
                ["DOTNET_JitDisasm"] = "Generated:* Handwritten:*",
                ["DOTNET_JitDisasmDiffable"] = "1",
                ["DOTNET_JitStdOutFile"] = output,
                ["DOTNET_TieredCompilation"] = "0",

                // The measurement of coverage attaches a profiler to child processes, for which the just-in-time compiler generates other code.
                ["CORECLR_ENABLE_PROFILING"] = "0",
            },
        };
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken);
    }

    private static string RuntimeConfiguration => Path.ChangeExtension(typeof(MachineCodeTests).Assembly.Location, ".runtimeconfig.json");

    /// <summary>Returns the instructions of each method, without comments.</summary>
    private static Dictionary<string, string> ByMethod(string listing) => listing
        .Split("; Assembly listing for method ")
        .Skip(1)
        .ToDictionary(
            method => method[..method.IndexOf('(', StringComparison.Ordinal)],
            method => string.Join('\n', method.Split('\n').Skip(1).Where(line => !line.StartsWith(';') && line.Trim().Length > 0)),
            StringComparer.Ordinal);
}
