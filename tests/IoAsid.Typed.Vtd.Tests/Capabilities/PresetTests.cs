using System.Reflection;

namespace IoAsid.Typed.Vtd.Tests.Capabilities;

/// <summary>The predefined capabilities agree with their summaries.</summary>
public sealed class PresetTests
{
    private static readonly PropertyInfo[] s_properties =
        [.. typeof(VtdCapabilities).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.PropertyType == typeof(bool))];

    public static TheoryData<string, VtdCapabilities, string> Presets => new()
    {
        { nameof(VtdCapabilities.Everything), VtdCapabilities.Everything, "" },
        {
            nameof(VtdCapabilities.LegacyOnly),
            VtdCapabilities.LegacyOnly,
            "-AbortDma -ExtendedAccessed -FirstStage -FiveLevelPaging -Nested -NoWriteFlag -OneGigabyteFirstStagePages -PageRequestDrain -PageRequests "
                + "-PageWalkCoherency -Pasid -RidPasid -ScalableMode -SecondStage -SecondStageAccessedDirty -SupervisorRequests -VirtualCommands"
        },
        { nameof(VtdCapabilities.FirstStageOnly), VtdCapabilities.FirstStageOnly, "-Nested -SecondStage -SecondStageAccessedDirty" },
        {
            nameof(VtdCapabilities.SecondStageOnly),
            VtdCapabilities.SecondStageOnly,
            "-ExtendedAccessed -FirstStage -FiveLevelPaging -Nested -OneGigabyteFirstStagePages"
        },
        { nameof(VtdCapabilities.WithCachingMode), VtdCapabilities.WithCachingMode, "+CachingMode" },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Preset_differs_from_everything_in_what_it_says(string name, VtdCapabilities unit, string differences)
    {
        IEnumerable<string> found = s_properties
            .Where(property => Has(unit, property) != Has(VtdCapabilities.Everything, property))
            .Select(property => (Has(unit, property) ? "+" : "-") + property.Name)
            .Order(StringComparer.Ordinal);

        Assert.True(differences == string.Join(' ', found), $"{name}: {string.Join(' ', found)}");
    }

    [Fact]
    public void Everything_lacks_caching_mode_execute_requests_and_remapping() => Assert.Equal(
        [nameof(VtdCapabilities.CachingMode), nameof(VtdCapabilities.ExecuteRequests), nameof(VtdCapabilities.InterruptRemapping)],
        s_properties.Where(property => !Has(VtdCapabilities.Everything, property)).Select(property => property.Name).Order(StringComparer.Ordinal));

    private static bool Has(VtdCapabilities unit, PropertyInfo property) => (bool)property.GetValue(unit)!;
}
