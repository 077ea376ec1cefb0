using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Base;

/// <summary>The rules about lifetimes, guest numbers and answers, on the types of IoAsid.Typed.Linux and on those that join Linux and the emulation.</summary>
public sealed class LinuxTypesTests
{
    [Theory]
    // Not disposed on some path.
    [InlineData("ioas.{|IOASID2001:Map|}(memory);")]
    [InlineData("IoasMapping mapping = ioas.{|IOASID2001:Map|}(memory); Use(mapping.Address);")]
    [InlineData("var mapping = ioas.{|IOASID2001:MapPart|}(memory, 0, 4096, null, DmaRights.Read); if (flag) mapping.Dispose();")]
    [InlineData("var mapping = ioas.{|IOASID2001:MapFile|}(file, 0, 4096); if (flag) return; mapping.Dispose();")]
    [InlineData("var copy = ioas.{|IOASID2001:CopyFrom|}(kept); Use(copy.Length);")]
    [InlineData("DeviceAttachment attachment = device.{|IOASID2001:Attach|}(ioas); if (attachment.IsAttached) return; attachment.Dispose();")]
    [InlineData("var attachment = device.{|IOASID2001:Attach|}(table);")]
    [InlineData("IommufdPasidAttachment attachment = device.{|IOASID2001:Attach|}(id, table); Use(attachment.Pasid.Value);")]
    [InlineData("var registers = device.{|IOASID2001:MapRegisters|}(VfioRegionIndex.Bar0); registers.Write32(0, 1);")]
    [InlineData("for (int i = 0; i < 3; i++) device.{|IOASID2001:Attach|}(id, table);")]
    [InlineData("var attachment = iommufd.{|IOASID2001:AttachPasid|}(seam, space, id); Use(attachment.Pasid.Value);")]
    [InlineData("var attachment = await iommu.{|IOASID2001:AttachPasidAsync|}(seam, space, id); if (flag) await attachment.DisposeAsync();")]
    [InlineData("var attachment = await iommu.{|IOASID2001:AttachPasidAsync|}(seam, space, id).ConfigureAwait(false); Use(attachment.Pasid.Value);")]
    [InlineData("await iommu.{|IOASID2001:AttachPasidAsync|}(seam, space, id);")]
    // Disposed, passed on, or left to the owner.
    [InlineData("using var mapping = ioas.Map(memory); Use(mapping.Address);")]
    [InlineData("using (ioas.Map(memory)) { if (flag) return; }")]
    [InlineData("var mapping = ioas.Map(memory); mapping.Dispose();")]
    [InlineData("var mapping = ioas.Map(memory); try { if (flag) return; } finally { mapping.Dispose(); }")]
    [InlineData("_ = ioas.Map(memory);")]
    [InlineData("kept = ioas.Map(memory);")]
    [InlineData("all.Add(device.Attach(ioas));")]
    [InlineData("_ = device.Attach(table);")]
    [InlineData("using IommufdPasidAttachment attachment = device.Attach(id, table); attachment.Replace(table);")]
    [InlineData("IommufdPasidAttachment? attachment = null; try { attachment = device.Attach(id, table); } finally { attachment?.Dispose(); }")]
    [InlineData("await using var attachment = await iommu.AttachPasidAsync(seam, space, id); Use(attachment.Pasid.Value);")]
    [InlineData("var attachment = await iommu.AttachPasidAsync(seam, space, id); await attachment.DisposeAsync();")]
    [InlineData("_ = await iommu.AttachPasidAsync(seam, space, id);")]
    [InlineData("var task = iommu.AttachPasidAsync(seam, space, id); await using var attachment = await task;")]
    [InlineData("await using var attachment = iommufd.AttachPasid(seam, space, id);")]
    [InlineData("var attachment = iommu.AttachPasidAsync(seam, space, id).AsTask().GetAwaiter().GetResult(); await attachment.DisposeAsync();")]
    [InlineData("var attachment = iommu.AttachPasidAsync(seam, space, id).Result; await attachment.DisposeAsync();")]
    [InlineData("var task = iommu.AttachPasidAsync(seam, space, id).AsTask(); await Task.WhenAll(task); await task.Result.DisposeAsync();")]
    public Task Attachments_and_mappings(string statements) => VerifyAsync<LifetimeAnalyzer>(statements);

    [Theory]
    // Not answered on some path, or twice.
    [InlineData("if (reader.TryRead(out var {|IOASID4001:request|}) && request.IsFound) request.Respond(IommufdPageResponse.Success);")]
    [InlineData("if (!reader.TryRead(out IommufdPageRequest<SvaBinding> {|IOASID4001:request|})) return; Use((ulong)request.Count);")]
    [InlineData("IommufdPageRequest<SvaBinding> {|IOASID4001:request|} = await reader.ReadAsync(); if (flag) request.Respond(IommufdPageResponse.Success);")]
    [InlineData("var {|IOASID4001:request|} = await reader.ReadAsync().ConfigureAwait(false); if (flag) return; request.Dispose();")]
    [InlineData("await foreach (var {|IOASID4001:request|} in reader.ReadAllAsync()) { if (!request.IsFound) continue; request.Respond(IommufdPageResponse.Success); }")]
    [InlineData("await foreach (var {|IOASID4001:request|} in reader.ReadAllAsync().WithCancellation(default)) { if (flag) request.Dispose(); }")]
    [InlineData("using var request = await reader.ReadAsync(); request.Respond(IommufdPageResponse.Invalid); request.{|IOASID4001:Respond|}(IommufdPageResponse.Success);")]
    [InlineData("using var request = await reader.ReadAsync(); if (flag) request.Respond(IommufdPageResponse.Invalid); request.{|IOASID4001:Respond|}(IommufdPageResponse.Success);")]
    [InlineData("var request = await reader.ReadAsync(); request.Dispose(); request.{|IOASID4001:Respond|}(IommufdPageResponse.Success);")]
    // Answered exactly once. A disposal answers if nothing else did.
    [InlineData("using var request = await reader.ReadAsync(); request.Respond(IommufdPageResponse.Success);")]
    [InlineData("using var request = await reader.ReadAsync(); if (request.IsFound) request.Respond(IommufdPageResponse.Success);")]
    [InlineData("var request = await reader.ReadAsync(); request.Respond(IommufdPageResponse.Success); request.Dispose();")]
    [InlineData("var request = await reader.ReadAsync(); request.Dispose(); request.Dispose();")]
    [InlineData("if (reader.TryRead(out var request)) using (request) { if (flag) return; request.Respond(IommufdPageResponse.Success); }")]
    [InlineData("if (!reader.TryRead(out var request)) return; using (request) request.Respond(request.IsFound ? IommufdPageResponse.Success : IommufdPageResponse.Invalid);")]
    [InlineData("await foreach (var request in reader.ReadAllAsync()) using (request) { if (!request.IsFound) continue; request.Respond(IommufdPageResponse.Success); }")]
    [InlineData("await foreach (var request in reader.ReadAllAsync()) requests.Enqueue(request);")]
    [InlineData("requests.Enqueue(await reader.ReadAsync());")]
    [InlineData("if (reader.TryRead(out var request)) await ServeAsync(request);")]
    public Task Page_requests(string statements) => VerifyAsync<AnswerAnalyzer>(statements);

    [Theory]
    [InlineData("await seam.AttachAsync(space, {|IOASID3003:new Pasid(guest.Value)|});")]
    [InlineData("Pasid pasid = new(guest.Value); await seam.AttachAsync(space, {|IOASID3003:pasid|});")]
    // Checked, or a parameter that accepts a guest's number.
    [InlineData("if (!guests.TryHold(guest, out var mine)) return; using (mine) await seam.AttachAsync(space, new Pasid(guest.Value));")]
    [InlineData("_ = viommu.AllocateDevice(device, guest.Value);")]
    [InlineData("nested.Invalidate(new VtdInvalidation(guest.Value, 1));")]
    [InlineData("_ = device.AllocateNestedHwpt(parent, new VtdFirstStage(guest.Value));")]
    [InlineData("_ = viommu.AllocateHardwareQueue(1, 0, guest.Value, 4096);")]
    public Task Numbers_of_a_guest(string statements) => VerifyAsync<GuestNumberAnalyzer>(statements);

    private static Task VerifyAsync<TAnalyzer>(string statements)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        RuleTest<TAnalyzer> test = new($$"""
            using System.Collections.Generic;
            using System.Runtime.InteropServices;
            using IoAsid.Typed.Hardware;
            using IoAsid.Typed.Iommu;
            using IoAsid.Typed.Linux;
            using SvaBinding = Driver.SvaBinding;

            abstract class Monitor
            {
                IoasMapping kept;
                readonly List<IDisposable> all = [];
                readonly Queue<IommufdPageRequest<SvaBinding>> requests = new();

                async Task M(
                    Iommufd iommufd, Ioas ioas, DmaMemory memory, SafeHandle file, VfioDevice device, PagingHwpt table, IoAsidHandle<SvaBinding> id, IommuSubsystem iommu, IDmaDevice seam,
                    IDmaAddressSpace space, PageRequestReader<SvaBinding> reader, [GuestControlled] RawIoAsid guest, [OwnerSet] IoAsidSet guests, Viommu viommu, NestedHwpt nested,
                    NestParentHwpt parent, bool flag)
                {
                    await Task.Yield();
                    {{statements}}
                }

                protected abstract void Use(ulong number);
                protected abstract Task ServeAsync([Answers] IommufdPageRequest<SvaBinding> request);
            }
            """);
        test.TestState.AdditionalReferences.AddRange(TestProject.Devices);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
