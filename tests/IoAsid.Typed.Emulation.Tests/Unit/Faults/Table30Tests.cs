using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>All fault conditions of VT-d 7.1.3 for all kinds of requests (VT-d Table 30), and special conditions.</summary>
public sealed class Table30Tests
{
    private const string NotConcerned = "-";

    /// <summary>The conditions, each with the requests that it applies to.</summary>
    public static TheoryData<string, FaultingRequest> Cells { get; } =
        [.. from row in Table30.Rows from request in Enum.GetValues<FaultingRequest>() where ConcernedBy(row, request) select (row.Condition, request)];

    public static TheoryData<string> Conditions { get; } = [.. Table30.Rows.Select(row => row.Condition)];

    [Theory]
    [MemberData(nameof(Cells))]
    [Specification(
        "4.1.2/1", "4.1.2/2", "4.2.3/1", "4.2.5/2", "4.2.5/3", "7.1.1/1", "7.1.2/1", "7.1.3/1", "7.1.3/2", "7.1.3/3", "7.1.3/4", "7.1.3/5", "7.1.3/6", "7.1.3/7",
        "7.1.3/8", "7.1.3/9", "7.1.3/10", "7.1.3/11", "7.1.3/12", "7.1.3/13", "7.1.3/14", "7.1.3/15", "7.1.3/16", "7.1.3/17", "7.1.3/18", "7.1.3/19",
        "7.1.3/20", "7.1.3/21", "7.1.3/22", "7.1.3/23", "7.1.3/24", "7.1.3/27", "7.4.1/1")]
    public void A_condition_ends_a_request_as_its_row_says(string condition, FaultingRequest request)
    {
        Table30Row row = Table30.Of(condition);
        using FaultingUnit unit = row.Make();

        Assert.Equal(EndOf(row[request], request), unit.Send(request));
        Assert.Equal(IsRecorded(row, request) ? row.Reason : FaultReason.None, unit.Fixture.RecordedReason);
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    [Specification("7.1.1/2")]
    public void FPD_suppresses_records_of_qualified_faults(string condition)
    {
        Table30Row row = Table30.Of(condition);
        FaultingRequest request = Enum.GetValues<FaultingRequest>().First(request => ConcernedBy(row, request) && IsRecorded(row, request));
        using FaultingUnit unit = row.Make();
        unit.DisableFaultProcessing(row.IsLegacy || condition is "RTA.2" or "RTA.3");

        unit.Send(request);

        Assert.Equal(row.IsQualified ? FaultReason.None : row.Reason, unit.Fixture.RecordedReason);
        Assert.Equal(row.IsQualified, row.Reason.IsQualified());
    }

    [Fact]
    public void Without_a_condition_each_request_succeeds()
    {
        foreach (FaultingRequest request in Enum.GetValues<FaultingRequest>())
        {
            using FaultingUnit unit = FaultingUnit.Scalable();
            string expected = request switch
            {
                FaultingRequest.Translation or FaultingRequest.TranslationWithPasid => "R=1 W=1 U=0 S=0",
                FaultingRequest.PageRequest or FaultingRequest.PageRequestWithoutResponse => "queued",
                _ => "success",
            };

            Assert.Equal(expected, unit.Send(request));
            Assert.Equal(FaultReason.None, unit.Fixture.RecordedReason);
        }
    }

    // For a dash in the last column: a request without response is dropped if the same request with response is blocked.
    private static bool ConcernedBy(Table30Row row, FaultingRequest request) =>
        row[request == FaultingRequest.PageRequestWithoutResponse ? FaultingRequest.PageRequest : request] != NotConcerned;

    private static bool IsRecorded(Table30Row row, FaultingRequest request) =>
        row[request] is not ("0" or "10" or "01") || row.Condition == "SFS.10";

    private static string EndOf(string cell, FaultingRequest request) => cell switch
    {
        _ when request == FaultingRequest.PageRequestWithoutResponse => "dropped",
        "0" => "R=0 W=0 U=0 S=0",
        "10" => "R=1 W=0 U=0 S=0",
        "01" => "R=0 W=1 U=0 S=0",
        "IR" => "code 1",
        _ => cell,
    };
}
