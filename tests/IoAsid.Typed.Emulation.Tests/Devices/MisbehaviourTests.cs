using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Each misbehaviour shows at the unit, and does not when the function behaves.</summary>
public sealed class MisbehaviourTests
{
    private static readonly DmaDescriptor Blocking = DmaBench.Blocking(8);

    private static readonly Dictionary<DeviceMisbehaviour, Func<DmaBench, bool>> Signs = new()
    {
        { DeviceMisbehaviour.IgnoresInvalidation, bench => Invalidated(bench).Unit.Completions.Count == 0 },
        { DeviceMisbehaviour.KeepsInvalidatedTranslations, bench => UsesOldFrame(Invalidated(bench)) },
        { DeviceMisbehaviour.CompletesInvalidationLate, bench => TimeOf(Invalidated(bench)) >= TimeSpan.FromSeconds(1) },
        { DeviceMisbehaviour.CompletesWithWrongTag, bench => !Invalidated(bench).Unit.Completions.Contains(1u << 5) },
        { DeviceMisbehaviour.CompletesInvalidationTwice, bench => Invalidated(bench).Unit.Completions.Count == 2 },
        { DeviceMisbehaviour.ForgesTranslatedRequests, SendsUngiven },
        { DeviceMisbehaviour.ExceedsPageRequestCredit, ExceedsCredit },
        { DeviceMisbehaviour.NeverSendsLast, NeverSendsLast },
        { DeviceMisbehaviour.UsesForeignPasid, UsesForeign },
        { DeviceMisbehaviour.UsesPasidAfterStop, UsesAfterStop },
    };

    public static TheoryData<DeviceMisbehaviour> All() =>
        [.. Enum.GetValues<DeviceMisbehaviour>().Where(value => value != DeviceMisbehaviour.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void Shows_when_it_is_switched_on_and_not_otherwise(DeviceMisbehaviour misbehaviour)
    {
        Assert.False(Signs[misbehaviour](Bench(DeviceMisbehaviour.None)));
        Assert.True(Signs[misbehaviour](Bench(misbehaviour)));
    }

    private static DmaBench Bench(DeviceMisbehaviour misbehaviour)
    {
        DmaBench bench = new(0, new DmaEngineOptions { Engines = 4 });
        bench.Engine.Pri!.Allocation = 2;
        bench.Enable();
        bench.Engine.Misbehaviour = misbehaviour;
        return bench;
    }

    private static DmaBench Invalidated(DmaBench bench)
    {
        bench.MapPage(DmaBench.Pasid, DmaBench.Source);
        bench.MapPage(DmaBench.Pasid, DmaBench.Destination);
        bench.Do(DmaBench.SharedQueue, Blocking);
        bench.Invalidate(5, DmaBench.Source);
        bench.Machine.Run();
        return bench;
    }

    private static TimeSpan TimeOf(DmaBench bench) => bench.Machine.Scheduler.Clock.GetElapsedTime(0);

    private static bool UsesOldFrame(DmaBench bench)
    {
        ulong old = bench.Unit.Requests.First(request => request.Access == DmaAccess.Read).Address;
        bench.MapPage(DmaBench.Pasid, DmaBench.Source);
        bench.Unit.Requests.Clear();
        bench.Do(DmaBench.SharedQueue, Blocking);
        return bench.Unit.Requests.Exists(request => request.Address == old);
    }

    private static bool SendsUngiven(DmaBench bench)
    {
        bench.Submit(DmaBench.SharedQueue, DmaBench.Copy(8));
        bench.Machine.Run();
        return bench.Unit.Requests.Exists(request => request.IsTranslated && request.Address == DmaBench.Source);
    }

    private static bool ExceedsCredit(DmaBench bench)
    {
        for (int number = 0; number < 4; number++)
            bench.Submit(DmaBench.SharedQueue, Blocking);
        bench.Machine.Run();
        return bench.Unit.PageRequests.Count > 2;
    }

    private static bool NeverSendsLast(DmaBench bench)
    {
        bench.Submit(DmaBench.SharedQueue, Blocking);
        bench.Machine.Run();
        return bench.Unit.PageRequests.TrueForAll(request => !request.IsLast);
    }

    private static bool UsesForeign(DmaBench bench)
    {
        bench.Submit(DmaBench.SharedQueue, Blocking);
        bench.Machine.Run();
        return bench.Unit.TranslationRequests.Exists(request => request.Prefix.Pasid.Value == (DmaBench.Pasid.Value ^ 1));
    }

    private static bool UsesAfterStop(DmaBench bench)
    {
        bench.MapPage(DmaBench.Pasid, DmaBench.Source);
        bench.MapPage(DmaBench.Pasid, DmaBench.Destination);
        bench.Do(DmaBench.SharedQueue, Blocking);
        int before = 0;
        bench.Unit.OnPageRequest = _ => before = bench.Unit.Requests.Count;
        bench.Machine.Run(() => bench.CommandAsync(DmaEngineCommandCode.DrainPasid));
        bench.Machine.Run();
        return bench.Unit.Requests.Count > before;
    }
}
