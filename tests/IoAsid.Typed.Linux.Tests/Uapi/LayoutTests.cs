using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Tests.Uapi;

/// <summary>The structures and numbers, compared with those of a C compiler for the header of Linux 7.3 (tests/linux/describe-headers.sh).</summary>
public sealed partial class LayoutTests
{
    private static readonly Dictionary<string, uint> Header = File.ReadLines(Path.Join(AppContext.BaseDirectory, "Uapi", "linux-7.3.tsv"))
        .Select(line => line.Split('\t'))
        .ToDictionary(cells => $"{cells[0]} {cells[1]}", cells => cells[2].StartsWith("0x", StringComparison.Ordinal) ? uint.Parse(cells[2][2..], NumberStyles.HexNumber) : uint.Parse(cells[2]));

    public static TheoryData<Type> Structures => [.. typeof(KernelRequest).Assembly.GetTypes().Where(type =>
        type is { IsValueType: true, IsEnum: false, Namespace: "IoAsid.Typed.Linux.Uapi" } && type != typeof(KernelRequest) && !type.Name.Contains('<'))];

    [Theory]
    [MemberData(nameof(Structures))]
    public void Structure_has_the_size_of_the_header(Type structure) =>
        Assert.Equal(Header[$"struct {NameInHeader(structure.Name)}"], (uint)Marshal.SizeOf(structure));

    [Theory]
    [MemberData(nameof(Structures))]
    public void Fields_have_the_offsets_of_the_header(Type structure)
    {
        foreach (FieldInfo field in structure.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            string name = NameInHeader(field.Name);
            name = Header.ContainsKey($"field {NameInHeader(structure.Name)}.{name}") ? name : $"__{name}";
            Assert.Equal(Header[$"field {NameInHeader(structure.Name)}.{name}"], (uint)Marshal.OffsetOf(structure, field.Name));
        }
    }

    [Fact]
    public void Requests_have_the_numbers_of_the_header() =>
        Assert.All(KernelRequest.All, request => Assert.Equal(Header[$"ioctl {request.Name}"], request.Number));

    [Fact]
    public void Every_request_is_in_the_list()
    {
        KernelRequest[] declared = [.. typeof(KernelRequest).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (KernelRequest)field.GetValue(null)!)];
        Assert.Equal(declared.OrderBy(request => request.Name), KernelRequest.All.OrderBy(request => request.Name));
    }

    [Fact]
    public void Every_iommufd_request_of_the_header_is_covered()
    {
        // The library lacks the interface of the old VFIO containers, and physical addresses for devices without an IOMMU.
        string[] left = ["IOMMU_VFIO_IOAS", "IOMMU_IOAS_NOIOMMU_GET_PA"];
        IEnumerable<string> iommufd = Header.Keys.Where(key => key.StartsWith("ioctl IOMMU_", StringComparison.Ordinal)).Select(key => key["ioctl ".Length..]);
        Assert.Equal(iommufd.Except(left).Order(), KernelRequest.All.Select(request => request.Name).Where(name => name.StartsWith("IOMMU_", StringComparison.Ordinal)).Order());
    }

    /// <summary>Returns the kernel's name of a structure: iommu_hwpt_vtd_s1 for IommuHwptVtdS1.</summary>
    private static string NameInHeader(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant() switch
    {
        "reserved" => "__reserved",
        "reserved2" => "__reserved2",
        "pad" => "pad",
        "max_pasid_log2" => "max_pasid_log2",
        string other => other,
    };

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WordStart();
}
