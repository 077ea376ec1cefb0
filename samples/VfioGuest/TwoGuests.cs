using IoAsid.Typed;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;
using Samples;

namespace VfioGuest;

/// <summary>Two guests on one engine: both work, one tries the PASID of the other, one is terminated.</summary>
internal sealed class TwoGuests(SampleMachine machine, Account account)
{
    private static readonly PrivateIoAsid FreePasid = new(77);

    private IommuSubsystem _host = null!;
    private GuestSystem _first = null!;
    private GuestSystem _second = null!;
    private GuestProcess _editor = null!;
    private GuestProcess _shell = null!;

    private SeededScheduler Scheduler => machine.Hardware.Scheduler;

    public async Task PlayAsync()
    {
        _host = await IommuSubsystem.StartAsync(machine.Hardware);
        IommuDevice device = await _host.AddAsync(machine.Engines[0]);
        await device.EnableSharedVirtualAddressingAsync();
        DmaEngineDriver engine = new(device);
        engine.OpenShared(GuestProcess.Queue);
        _first = await GuestSystem.StartAsync(_host, engine, "vm-1");
        _second = await GuestSystem.StartAsync(_host, engine, "vm-2");

        await WorkAsync();
        await TryForeignAsync();
        await TerminateAtWorkAsync();
        await _second.TerminateAsync();
        await _host.DisposeAsync();
    }

    private async Task WorkAsync()
    {
        account.Step($"The engine {machine.Engines[0].RequesterId} works for processes of two guests. Both know it as {GuestSystem.Engine}.");
        await _first.CreateProcessAsync("init");
        _shell = await _second.CreateProcessAsync("shell");
        _editor = await _first.CreateProcessAsync("editor");
        await WorkAsync(_first, _editor);
        await WorkAsync(_second, _shell);
        await _editor.DiscardAsync();
        account.Happened($"the editor unmaps its pages; {_first.Container} invalidates with its own ids: {_first.Container.Statistics.Invalidations} descriptors");
        account.Happened($"the engine fills the editor's pages again: {await _editor.FillAsync(Scheduler)}");
    }

    private async Task WorkAsync(GuestSystem guest, GuestProcess process)
    {
        DmaStatus status = await process.FillAsync(Scheduler);
        account.Happened($"{guest.Container}, {process.Memory}: its PASID {process.Pasid} is the host's {HostPasid(guest, process)}; tables at guest-physical 0x{process.Memory.Root:X}");
        account.Happened($"{GuestProcess.Pages} pages filled at 0x{process.Data:X}: {status}; the guest served {guest.Container.Statistics.Forwarded} page requests");
    }

    private async Task TryForeignAsync()
    {
        PrivateIoAsid foreign = _editor.Pasid;
        account.Step($"vm-2 uses PASID {foreign}. It is the editor's in vm-1, and on the host that of vm-2's shell. The editor waits for a page.");
        _first.IsBusy = true;
        await _editor.DiscardAsync();
        Task<DmaStatus> fill = _editor.FillAsync(Scheduler);
        await Scheduler.WaitUntil(() => _first.Waiting is not null, TimeSpan.FromSeconds(1));
        string[] results = await AttemptAllAsync(_second, foreign, _first.Waiting!.Index);
        foreach (string result in results)
            account.Happened(result);
        string[] others = await AttemptAllAsync(_second, FreePasid, index: 0);
        account.Happened($"for PASID {FreePasid}, which is free, the results are {(results.SequenceEqual(others) ? "the same: vm-2 learns nothing" : "different")}");
        await _first.ResumeAsync();
        account.Happened($"vm-1 serves the page, the engine fills the editor's pages: {await fill}");
    }

    private async Task TerminateAtWorkAsync()
    {
        account.Step("vm-1 is terminated while the engine works for it and waits for a page.");
        _first.IsBusy = true;
        await _editor.DiscardAsync();
        _editor.Submit();
        await Scheduler.WaitUntil(() => _first.Waiting is not null, TimeSpan.FromSeconds(1));
        account.Happened($"PASIDs in use: {_host.Pasids.GetStatistics().Outstanding}; the engine waits for a response of vm-1");
        GuestPageRequestGroup group = _first.Waiting!;
        await _first.TerminateAsync();
        account.Happened($"vm-1 is terminated, {(group.IsAnswered ? "the host has responded for it" : "the engine still waits")}; PASIDs in use: {_host.Pasids.GetStatistics().Outstanding}");
        await _shell.DiscardAsync();
        account.Happened($"vm-2 continues, the engine fills the shell's pages: {await _shell.FillAsync(Scheduler)}");
    }

    // All operations of a guest with a PASID. A guest can use only its own PASIDs, so another one is unknown.
    private static async Task<string[]> AttemptAllAsync(GuestSystem guest, PrivateIoAsid pasid, int index) =>
    [
        $"bind it to its own tables: {await BindAsync(guest, pasid)}",
        $"unbind it: {(guest.Container.FindBond(pasid, GuestSystem.Engine) is null ? "nothing to unbind" : "a bond to unbind")}",
        $"free it: {guest.Container.Free(pasid)}",
        $"execute ENQCMD with it: {guest.Processor.TryEnqueue(pasid, guest.Device, GuestProcess.Queue, new byte[DmaDescriptor.SizeInBytes])}",
        $"invalidate its translations: {await guest.Container.InvalidateAsync(new InvalidationDescriptor(AllOf(pasid)))}",
        $"respond to its page request: {guest.Container.Respond(GuestSystem.Engine, pasid, index, PageResponse.Success)}",
    ];

    private static async Task<string> BindAsync(GuestSystem guest, PrivateIoAsid pasid)
    {
        try
        {
            await guest.Container.BindAsync(pasid, GuestSystem.Engine, new GuestPageTable(Root: 0x10_0000));
            return "bound";
        }
        catch (IommuException refusal)
        {
            return $"{refusal.Error}";
        }
    }

    private static Bits256 AllOf(PrivateIoAsid pasid) =>
        new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, Pasid = new Pasid(pasid.Value )}.Bits;

    private static string HostPasid(GuestSystem guest, GuestProcess process) =>
        guest.Container.Set.TryResolve(process.Pasid, out RawIoAsid pasid) ? $"{pasid}" : "none";
}
