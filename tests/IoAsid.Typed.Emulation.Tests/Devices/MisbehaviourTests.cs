using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The unit observes each misbehaviour if it is enabled, and not otherwise.</summary>
public sealed class MisbehaviourTests
{
    private static readonly DmaDescriptor Blocking = DmaFixture.Blocking(8);

    private static readonly Dictionary<DeviceMisbehaviour, Func<DmaFixture, bool>> Signs = new()
    {
        { DeviceMisbehaviour.IgnoresInvalidation, fixture => Invalidated(fixture).Unit.Completions.Count == 0 },
        { DeviceMisbehaviour.KeepsInvalidatedTranslations, fixture => UsesOldFrame(Invalidated(fixture)) },
        { DeviceMisbehaviour.CompletesInvalidationLate, fixture => TimeOf(Invalidated(fixture)) >= TimeSpan.FromSeconds(1) },
        { DeviceMisbehaviour.CompletesWithWrongTag, fixture => !Invalidated(fixture).Unit.Completions.Contains(1u << 5) },
        { DeviceMisbehaviour.CompletesInvalidationTwice, fixture => Invalidated(fixture).Unit.Completions.Count == 2 },
        { DeviceMisbehaviour.ForgesTranslatedRequests, ForgesTranslated },
        { DeviceMisbehaviour.ExceedsPageRequestCredit, ExceedsCredit },
        { DeviceMisbehaviour.NeverSendsLast, NeverSendsLast },
        { DeviceMisbehaviour.UsesForeignPasid, UsesForeign },
        { DeviceMisbehaviour.UsesPasidAfterStop, UsesAfterStop },
    };

    public static TheoryData<DeviceMisbehaviour> All() =>
        [.. Enum.GetValues<DeviceMisbehaviour>().Where(value => value != DeviceMisbehaviour.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void Misbehaviour_shows_only_if_it_is_enabled(DeviceMisbehaviour misbehaviour)
    {
        Assert.False(Signs[misbehaviour](Fixture(DeviceMisbehaviour.None)));
        Assert.True(Signs[misbehaviour](Fixture(misbehaviour)));
    }

    private static DmaFixture Fixture(DeviceMisbehaviour misbehaviour)
    {
        DmaFixture fixture = new(0, new DmaEngineOptions { Engines = 4 });
        fixture.Engine.Pri!.Allocation = 2;
        fixture.Enable();
        fixture.Engine.Misbehaviour = misbehaviour;
        return fixture;
    }

    private static DmaFixture Invalidated(DmaFixture fixture)
    {
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source);
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Destination);
        fixture.Do(DmaFixture.SharedQueue, Blocking);
        fixture.Invalidate(5, DmaFixture.Source);
        fixture.Machine.Run();
        return fixture;
    }

    private static TimeSpan TimeOf(DmaFixture fixture) => fixture.Machine.Scheduler.Clock.GetElapsedTime(0);

    private static bool UsesOldFrame(DmaFixture fixture)
    {
        ulong old = fixture.Unit.Requests.First(request => request.Access == DmaAccess.Read).Address;
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source);
        fixture.Unit.Requests.Clear();
        fixture.Do(DmaFixture.SharedQueue, Blocking);
        return fixture.Unit.Requests.Exists(request => request.Address == old);
    }

    private static bool ForgesTranslated(DmaFixture fixture)
    {
        fixture.Submit(DmaFixture.SharedQueue, DmaFixture.Copy(8));
        fixture.Machine.Run();
        return fixture.Unit.Requests.Exists(request => request.IsTranslated && request.Address == DmaFixture.Source);
    }

    private static bool ExceedsCredit(DmaFixture fixture)
    {
        for (int number = 0; number < 4; number++)
            fixture.Submit(DmaFixture.SharedQueue, Blocking);
        fixture.Machine.Run();
        return fixture.Unit.PageRequests.Count > 2;
    }

    private static bool NeverSendsLast(DmaFixture fixture)
    {
        fixture.Submit(DmaFixture.SharedQueue, Blocking);
        fixture.Machine.Run();
        return fixture.Unit.PageRequests.TrueForAll(request => !request.IsLast);
    }

    private static bool UsesForeign(DmaFixture fixture)
    {
        fixture.Submit(DmaFixture.SharedQueue, Blocking);
        fixture.Machine.Run();
        return fixture.Unit.TranslationRequests.Exists(request => request.Prefix.Pasid.Value == (DmaFixture.Pasid.Value ^ 1));
    }

    private static bool UsesAfterStop(DmaFixture fixture)
    {
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source);
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Destination);
        fixture.Do(DmaFixture.SharedQueue, Blocking);
        int before = 0;
        fixture.Unit.OnPageRequest = _ => before = fixture.Unit.Requests.Count;
        fixture.Machine.Run(() => fixture.CommandAsync(DmaEngineCommandCode.DrainPasid));
        fixture.Machine.Run();
        return fixture.Unit.Requests.Count > before;
    }
}
