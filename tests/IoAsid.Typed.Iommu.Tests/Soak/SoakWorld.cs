using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A machine that executes a plan. Operations begin one after the other, and may end in any order.</summary>
internal sealed class SoakWorld
{
    private const int AuxiliaryQueue = 3;
    private const ulong Window = 0x10_0000;
    private const int WindowPages = 8;
    private const int MaximumGuests = 2;
    private const int JobsAtOnce = 6;

    private static readonly FixtureOptions Machine = new()
    {
        Units = 2,
        Devices = 4,
        Iommu = new IommuOptions { PageRequestRingOrder = 0 },
        Engine = new DmaEngineOptions { PagesPerGroup = 16, PageRequestCapacity = 128, Engines = 8 },
    };

    private readonly IommuFixture _fixture;
    private readonly List<SoakProcess> _processes = [];
    private readonly List<(TestGuest Guest, List<GuestProcess> Processes)> _guests = [];
    private readonly List<(AuxiliaryAttachment Attachment, int Device)> _attachments = [];
    private readonly List<Task> _pending = [];
    private readonly HashSet<int> _resetting = [];
    private AuxiliaryDomain _auxiliary = null!;
    private ulong _windowFrames;
    private bool _observerThrows;
    private int _guestsStarted;
    private SoakTally _tally;

    private SoakWorld(ulong seed) => _fixture = new IommuFixture(seed, Machine);

    /// <summary>Runs a plan to its end.</summary>
    /// <returns>The counts of the run.</returns>
    public static SoakTally Run(SoakPlan plan)
    {
        SoakWorld world = new(plan.Seed);
        world._fixture.Machine.Run(() => world.RunAsync(plan));
        world._fixture.Machine.Run();
        world._fixture.AssertHarmless("at the end");
        return world._tally;
    }

    private async Task RunAsync(SoakPlan plan)
    {
        await _fixture.StartAsync();
        _auxiliary = _fixture.Subsystem.CreateAuxiliaryDomain("aux");
        _windowFrames = _fixture.Subsystem.Frames.AllocateContiguous(WindowPages);
        await _auxiliary.Domain.MapAsync(new AddressRange(Window, WindowPages * AddressRange.PageSize), _windowFrames, MemoryRights.ReadWrite);
        using IoAsidObserverRegistration observer = _fixture.Subsystem.SvaSet.Observe(_ => ThrowIfRequested());
        await PopulateAsync();
        foreach (SoakOperation operation in plan.Operations)
        {
            _pending.Add(TolerateAsync(BeginAsync(operation)));
            await _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(operation.Second));
            CheckInvariants(operation);
        }

        await EndAsync();
    }

    // The plan begins with bound processes, a guest and an auxiliary attachment.
    private async Task PopulateAsync()
    {
        for (int number = 0; number < 2; number++)
        {
            StartProcess();
            for (int device = number; device < _fixture.Devices.Count; device += 2)
                await BindAsync(_processes[number], device);
        }

        await AttachAuxiliaryAsync(0);
        await StartGuestAsync(1);
        await GuestBindAsync(_guests[0].Guest, _guests[0].Processes);
    }

    private void StartProcess() =>
        _processes.Add(new SoakProcess(_fixture.CreateProcess($"process {_processes.Count}"), _fixture.Machine.Scheduler));

    private Task BeginAsync(SoakOperation operation) => operation.Kind switch
    {
        SoakKind.StartProcess => Do(StartProcess),
        SoakKind.Bind => WithProcess(operation, process => BindAsync(process, Device(operation))),
        SoakKind.Work => WithBond(operation, (process, bond, device) => WorkAsync(process, bond, device, operation.Second)),
        SoakKind.Unmap => WithProcess(operation, process => process.Process.Memory.UnmapAsync(Pages(process.Process, operation.Second)).AsTask()),
        SoakKind.Protect => WithProcess(
            operation, process => process.Process.Memory.ProtectAsync(Pages(process.Process, operation.Second), MemoryRights.Read).AsTask()),
        SoakKind.Exit => WithProcess(operation, process => process.Process.Memory.ExitAsync().AsTask()),
        SoakKind.Unbind => WithBond(operation, UnbindAsync),
        SoakKind.AttachAuxiliary => AttachAuxiliaryAsync(Device(operation)),
        SoakKind.AuxiliaryWork => Do(AuxiliaryWork),
        SoakKind.RemapAuxiliary => RemapAuxiliaryAsync(operation.Second % WindowPages),
        SoakKind.DetachAuxiliary => DetachAuxiliaryAsync(operation.First),
        SoakKind.StartGuest => StartGuestAsync(Device(operation)),
        SoakKind.GuestBind => WithGuest(operation, (guest, processes) => GuestBindAsync(guest, processes)),
        SoakKind.GuestWork => WithGuestProcess(operation, process => process.SubmitFillAsync(operation.Second % 48, 4, 0)),
        SoakKind.GuestUnmap => WithGuestProcess(operation, process => process.Memory.UnmapAsync(Pages(process.Work, operation.Second)).AsTask()),
        SoakKind.GuestUnbind => WithGuestProcess(operation, process => process.UnbindAsync().AsTask()),
        SoakKind.GuestFree => WithGuestProcess(operation, process => Do(() => process.Free())),
        SoakKind.GuestMisbehaves => WithGuest(operation, (guest, _) => Do(() => guest.Behaviour = (GuestBehaviour)(operation.Second % 3))),
        SoakKind.GuestEnds => EndGuestAsync(operation.First),
        SoakKind.Misbehave => MisbehaveAsync(Device(operation), operation.Second),
        SoakKind.Reset => ResetAsync(Device(operation)),
        SoakKind.RemoveDevice => Do(RemoveLastDevice),
        SoakKind.RefuseMemory => Do(() => RefuseMemory(operation.Second)),
        SoakKind.ObserverThrows => Do(() => _observerThrows = !_observerThrows),
        SoakKind.InterruptsOff => InterruptsOffAsync(operation.Second),
        SoakKind.Wait => _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(operation.First * 20)).AsTask(),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "Not an operation."),
    };

    // An operation may be refused because of the state of a device, a guest, memory or another operation.
    private async Task TolerateAsync(Task operation)
    {
        try
        {
            await operation;
        }
        catch (Exception refusal) when (refusal is IommuException or SegmentationFaultException)
        {
            _tally = _tally with { Refusals = _tally.Refusals + 1 };
        }
    }

    private async Task BindAsync(SoakProcess process, int device)
    {
        SvaBond bond = await _fixture.Subsystem.BindAsync(_fixture.Devices[device], process.Process.Memory);
        process.Bonds.Add((bond, device));
        _tally = _tally with { Binds = _tally.Binds + 1 };
    }

    private async Task WorkAsync(SoakProcess process, SvaBond bond, int device, int page)
    {
        process.Submitters++;
        try
        {
            for (int job = 0; job < JobsAtOnce && CanWork(device) && process.Bonds.Contains((bond, device)); job++)
                await _fixture.Drivers[device].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, Fill(process, page, job));
        }
        finally
        {
            process.Submitters--;
        }
    }

    private static DmaDescriptor Fill(SoakProcess process, int page, int job) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = process.PageAt(page + 8 * job),
        Length = (uint)(page % 8 == 7 ? AddressRange.PageSize : 8 * AddressRange.PageSize),
        Flags = DmaDescriptorFlags.BlockOnFault,
    };

    private async Task UnbindAsync(SoakProcess process, SvaBond bond, int device)
    {
        process.Bonds.Remove((bond, device));
        // Work that is still being submitted would reach the device after it has stopped.
        await _fixture.Machine.Scheduler.WaitUntil(() => process.Submitters == 0, TimeSpan.FromMinutes(1));
        // Other callers may hold the same bond and continue.
        if (!process.Bonds.Exists(other => other.Device == device))
            await StopAsync(device, bond.Pasid);
        await bond.DisposeAsync();
    }

    private async Task AttachAuxiliaryAsync(int device)
    {
        if (_attachments.Exists(attached => attached.Device == device))
            return;
        AuxiliaryAttachment attachment = await _auxiliary.AttachAsync(_fixture.Devices[device]);
        _attachments.Add((attachment, device));
        if (CanWork(device))
            _fixture.Drivers[device].OpenDedicated(AuxiliaryQueue, attachment.Pasid);
    }

    private void AuxiliaryWork()
    {
        foreach ((_, int device) in _attachments)
        {
            _fixture.Drivers[device].Post(AuxiliaryQueue, new DmaDescriptor
            {
                Operation = DmaOperation.Fill,
                Destination = Window,
                Length = WindowPages * AddressRange.PageSize,
            });
        }
    }

    private async Task RemapAuxiliaryAsync(int page)
    {
        AddressRange range = new(Window + (ulong)page * AddressRange.PageSize, AddressRange.PageSize);
        if (!_auxiliary.Domain.TryTranslate(range.Start, out ulong physical))
            return;
        await _auxiliary.Domain.UnmapAsync(range);
        await _auxiliary.Domain.MapAsync(range, physical, MemoryRights.ReadWrite);
    }

    private async Task DetachAuxiliaryAsync(int number)
    {
        if (_attachments.Count == 0)
            return;
        (AuxiliaryAttachment attachment, int device) = _attachments[number % _attachments.Count];
        _attachments.Remove((attachment, device));
        if (CanWork(device))
            _fixture.Drivers[device].Close(AuxiliaryQueue);
        await StopAsync(device, attachment.Pasid);
        await attachment.DisposeAsync();
    }

    private async Task StartGuestAsync(int device)
    {
        if (_guestsStarted == MaximumGuests)
            return;
        _guestsStarted++;
        TestGuest guest = await TestGuest.StartAsync(_fixture, $"guest {_guestsStarted}", quota: 3, devices: 0);
        _guests.Add((guest, []));
        await guest.AssignAsync(device);
    }

    private static async Task GuestBindAsync(TestGuest guest, List<GuestProcess> processes)
    {
        if (guest.Devices.Count == 0)
            return;
        GuestProcess process = guest.CreateProcess();
        processes.Add(process);
        await guest.Container.BindAsync(process.Pasid, guest.Devices[0].VirtualRequester, process.Table);
    }

    private async Task EndGuestAsync(int number)
    {
        if (_guests.Count == 0)
            return;
        (TestGuest guest, _) = _guests[number % _guests.Count];
        _guests.RemoveAt(number % _guests.Count);
        await guest.TerminateAsync();
        _tally = _tally with { Forwarded = _tally.Forwarded + guest.Container.Statistics.Forwarded };
    }

    private async Task MisbehaveAsync(int device, int kind)
    {
        DeviceMisbehaviour[] kinds = [DeviceMisbehaviour.IgnoresInvalidation, DeviceMisbehaviour.CompletesInvalidationLate, DeviceMisbehaviour.CompletesInvalidationTwice];
        _fixture.Engines[device].Misbehaviour = kinds[kind % kinds.Length];
        await _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(400));
        _fixture.Engines[device].Misbehaviour = DeviceMisbehaviour.None;
    }

    // All processes submit work while the ring is not read, so it overflows.
    private async Task InterruptsOffAsync(int page)
    {
        _fixture.MaskPageRequestInterrupt(masked: true);
        List<Task> work = [];
        foreach (SoakProcess process in _processes)
        {
            foreach ((SvaBond bond, int device) in process.Bonds.Where(bound => bound.Device % Machine.Units == 0))
                work.Add(WorkAsync(process, bond, device, page));
        }

        await _fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(300));
        _fixture.MaskPageRequestInterrupt(masked: false);
        await Task.WhenAll(work);
    }

    private async Task ResetAsync(int device)
    {
        if (!_resetting.Add(device))
            return;
        try
        {
            await _fixture.Devices[device].ResetAsync();
            _fixture.OpenQueues(device);
        }
        finally
        {
            _resetting.Remove(device);
        }
    }

    private void RemoveLastDevice()
    {
        if (_fixture.Engines[^1].IsPresent)
            _fixture.Machine.RemoveFunction(_fixture.Engines[^1]);
    }

    private void RefuseMemory(int count)
    {
        int left = count;
        _fixture.Subsystem.Frames.InjectFaults(() => left-- > 0 && left % 2 == 0);
    }

    // A device that does not stop is reset, and its bonds are disposed anyway.
    private async ValueTask StopAsync(int device, Pasid pasid)
    {
        if (!CanWork(device))
            return;
        try
        {
            await _fixture.Drivers[device].StopAsync(pasid, abort: true);
        }
        catch (IommuException)
        {
            _tally = _tally with { FailedStops = _tally.FailedStops + 1 };
            await ResetAsync(device);
        }
    }

    private bool CanWork(int device) => _fixture.Devices[device].State == DeviceState.Active && _fixture.Engines[device].IsPresent;

    private void ThrowIfRequested()
    {
        if (_observerThrows)
            throw new InvalidOperationException("An observer throws.");
    }

    private void CheckInvariants(SoakOperation after)
    {
        Assert.True(!_fixture.Harmful.Any(), $"after {after}: {string.Join(Environment.NewLine, _fixture.Harmful)}");
        foreach (Task ended in _pending.Where(task => task.IsFaulted))
            ended.GetAwaiter().GetResult();
        IoAsidSetStatistics sva = _fixture.Subsystem.SvaSet.GetStatistics();
        IoAsidSetStatistics auxiliary = _fixture.Subsystem.AuxiliarySet.GetStatistics();
        Assert.Equal(_fixture.Subsystem.Pasids.GetStatistics().Outstanding, sva.Live + sva.Pending + auxiliary.Live + auxiliary.Pending);
        for (int device = 0; device < _fixture.Devices.Count; device++)
            CheckOwners(device);
    }

    /// <summary>Asserts that each PASID has one owner on a device, and that the PASIDs of all bonds are attached.</summary>
    private void CheckOwners(int device)
    {
        Dictionary<Pasid, object> owners = [];
        foreach (SoakProcess process in _processes)
        {
            foreach ((SvaBond bond, _) in process.Bonds.Where(bound => bound.Device == device))
                Own(bond.Pasid, process);
        }

        foreach ((AuxiliaryAttachment attachment, _) in _attachments.Where(attached => attached.Device == device))
            Own(attachment.Pasid, _auxiliary);
        Assert.Empty(owners.Keys.Except(_fixture.Devices[device].AttachedPasids));

        void Own(Pasid pasid, object owner) =>
            Assert.True(owners.TryAdd(pasid, owner) || owners[pasid] == owner, $"PASID {pasid} has two owners on device {device}.");
    }

    private async Task EndAsync()
    {
        _observerThrows = false;
        _fixture.Subsystem.Frames.InjectFaults(null);
        await Task.WhenAll(_pending);
        foreach ((TestGuest guest, _) in _guests)
            await guest.TerminateAsync();
        while (_attachments.Count > 0)
            await DetachAuxiliaryAsync(0);
        foreach (SoakProcess process in _processes)
        {
            foreach ((SvaBond bond, int device) in process.Bonds.ToList())
                await UnbindAsync(process, bond, device);
            await process.Process.Memory.ExitAsync();
            Assert.Equal(0, process.Process.Memory.LeakedFrames);
        }

        _tally = _tally with
        {
            PageRequests = _fixture.Subsystem.PageRequests.Statistics.Responses,
            TooLate = _fixture.Subsystem.PageRequests.Statistics.TooLate,
            Overflows = _fixture.Subsystem.Units.Sum(unit => unit.Statistics.PageRequestOverflows),
            Timeouts = _fixture.Subsystem.Units.Sum(unit => unit.Statistics.InvalidationTimeouts),
        };
        _auxiliary.Domain.Free();
        _fixture.Subsystem.Frames.Free(_windowFrames, WindowPages);
        await _fixture.AssertReclaimedAsync();
    }

    private int Device(SoakOperation operation) => operation.First % _fixture.Devices.Count;

    private static AddressRange Pages(TestProcess process, int page) => new(process.PageAt(page % 60), 4 * AddressRange.PageSize);

    private static Task Do(Action action)
    {
        try
        {
            action();
            return Task.CompletedTask;
        }
        catch (IommuException refusal)
        {
            return Task.FromException(refusal);
        }
    }

    private Task WithProcess(SoakOperation operation, Func<SoakProcess, Task> action) =>
        _processes.Count == 0 ? Task.CompletedTask : action(_processes[operation.Second % _processes.Count]);

    private Task WithBond(SoakOperation operation, Func<SoakProcess, SvaBond, int, Task> action) => WithProcess(operation, process =>
    {
        if (process.Bonds.Count == 0)
            return Task.CompletedTask;
        (SvaBond bond, int device) = process.Bonds[operation.First % process.Bonds.Count];
        return action(process, bond, device);
    });

    private Task WithGuest(SoakOperation operation, Func<TestGuest, List<GuestProcess>, Task> action)
    {
        if (_guests.Count == 0)
            return Task.CompletedTask;
        (TestGuest guest, List<GuestProcess> processes) = _guests[operation.First % _guests.Count];
        return TolerateEndAsync(() => guest.Container.HasEnded, action(guest, processes));
    }

    private Task WithGuestProcess(SoakOperation operation, Func<GuestProcess, Task> action) => WithGuest(
        operation,
        (guest, processes) =>
        {
            if (guest.Devices.Count == 0 || processes.Count == 0)
                return Task.CompletedTask;
            GuestProcess process = processes[operation.Second % processes.Count];
            return TolerateEndAsync(() => !guest.Container.Set.TryResolve(process.Pasid, out _), action(process));
        });

    // The code of a guest fails when the guest ends, or when it uses a PASID that it has freed.
    private static async Task TolerateEndAsync(Func<bool> hasEnded, Task action)
    {
        try
        {
            await action;
        }
        catch (Exception) when (hasEnded())
        {
        }
    }
}
