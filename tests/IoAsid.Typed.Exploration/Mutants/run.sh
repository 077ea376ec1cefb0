#!/usr/bin/env bash
# Shows that exploration finds what it is there for: breaks one step of the core at a time and expects some scenario to fail.
# Usage: Mutants/run.sh [name...]. Takes some minutes. Ends with 1 if a mutant survives or no longer applies.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
survivors=0

# name, file below the SDK's sources, a perl substitution on the whole file, and for an interleaving that is rare the one scenario to run, thirty times as often
mutant() {
  local name=$1 file=$2 change=$3 rare=${4:-} chosen=${names:-$1}
  [[ " $chosen " == *" $name "* ]] || return 0
  rm -rf "$work/sdk" && mkdir "$work/sdk"
  (cd ../../src/IoAsid.Typed && find . -name '*.cs' -not -path './obj/*' -not -path './bin/*' -exec cp --parents {} "$work/sdk" \;)
  cp "$work/sdk/$file" "$work/before"
  perl -0pi -e "$change" "$work/sdk/$file"
  local outcome
  if cmp -s "$work/before" "$work/sdk/$file"; then
    outcome='no longer applies'
  elif ! dotnet build --no-restore -p:SdkSources="$work/sdk/" -p:RunAnalyzers=false -o "$work/out" >"$work/build.log" 2>&1; then
    outcome="does not compile: $(grep -m1 -o 'error .*' "$work/build.log")"
  else
    IOASID_EXPLORATION_ITERATIONS=${rare:+4500} dotnet "$work/out/IoAsid.Typed.Exploration.dll" -parallelMode none -stopOnFail ${rare:+-method "*.$rare"} >"$work/run.log" 2>&1
    outcome=$(grep -m1 -oE '[A-Za-z_]+(\([^)]*\))? \[FAIL\]' "$work/run.log" | sed 's/ \[FAIL\]//')
    if [ -n "$outcome" ]; then printf 'caught    %-34s %s\n' "$name" "$outcome"; return 0; fi
    outcome=survived
  fi
  survivors=1
  printf '%-9s %s\n' "$outcome" "$name"
}

names="$*"
life=Lifetime/Lifecycle.cs
lookup=Lookup/SetLookup.cs
holding=Lifetime/SetHolds.cs
stock=Allocation/NumberStock.cs

mutant word-before-set-index $life 's/(\n *block\.SetOwner\(id, set\.Index\);)(\n *Life life = block\.Lives\.Begin[^;]*;)/$2$1/'
mutant owner-change-is-not-counted Core/DataBlock.cs 's/_use \+ OneChange/_use + 0/'
mutant owner-change-counted-after Core/DataBlock.cs 's/(\n *Volatile\.Write\(ref _use, _use \+ OneChange\);)(\n *Volatile\.Write\(ref page\.Owner[^;]*;)/$2$1/' The_next_set_of_a_number_never_reads_the_data_of_the_last_one
mutant use-read-once $lookup 's/ && page\.Use == use//'
mutant data-read-before-use $lookup 's/(\n *ulong use = page\.Use;)(\n *object\? data = [^;]*;)/$2$1/' The_next_set_of_a_number_never_reads_the_data_of_the_last_one
mutant second-set-takes-the-page Core/LifePage.cs 's/if \(_onlyIndex == 0\)/if (_onlyIndex != Several)/'
mutant column-used-before-it-is-filled Core/LifePage.cs 's/\(\(Span<int>\)_setIndexes\)\.Fill\(_onlyIndex\);\s*(Volatile\.Write\(ref _onlyIndex, Several\);)/int only = _onlyIndex; $1 if (Volatile.Read(ref _onlyIndex) == Several) ((Span<int>)_setIndexes).Fill(only);/'
mutant pages-published-before-the-bit Core/PageSet.cs 's/words\[Word\(page\)\] = Bit\(page\);\n//; s/(_segments = With\(segments, segment, page\);)/{ $1 Volatile.Write(ref _segments[segment]![Word(page)], Bit(page)); }/' A_page_of_a_set_stays_listed_while_other_pages_are_added
mutant second-set-is-not-admitted Core/DataBlock.cs 's/(_use != set\.BlockKey && !IsShared\)\s*)Share\(\);/$1\{ \}/'
mutant no-second-word-read $lookup 's/ && LifeWord\.Read\(ref word\)\.IsSameLife\(before\)//g'
mutant free-word-vouches $lookup 's/ && !before\.IsFree//g'
mutant retired-word-is-same-life Core/LifeWord.cs 's/(>> GenerationShift == 0) && !IsFree/$1/'
mutant unpublished-has-no-data Lookup/Examination.cs 's/if \(seen is null && !word\.IsPending && !word\.CanHaveNoData\)/if (seen is not null \&\& word.IsFree)/'
mutant null-is-published $life 's/if \(data is not null\)(\s*block\.Write\(id, data\))/$1/'
mutant data-cleared-before-pending $life 's/\n *block\.Write\(life\.Id, null\);//g; s/(if \(!(seen\.IsOnlyAllocated|TryMarkFreed)\()/block.Write(life.Id, null);\n        $1/g'
mutant free-does-not-wait-for-writer $life 's/if \(seen\.IsBeingWritten\)/if (seen.IsBeingWritten \&\& seen.IsFree)/'
mutant second-free-does-not-wait $life 's/\n *set\.WaitUntilCleared\(life\);//'
mutant hold-of-pending $holding 's/seen\.IsPending \|\| //'
mutant short-hold-without-reference Core/LifeWord.cs 's/\(Bits & \(Pending \| MaxReferences\)\) - 1 < MaxReferences - 1/(Bits \& MaxReferences) < MaxReferences/'
mutant short-hold-of-free Core/LifeWord.cs 's/\(Bits & \(Pending \| MaxReferences\)\) - 1 < MaxReferences - 1/(Bits \& (Pending | MaxReferences)) < MaxReferences/' A_hold_never_outlives_the_last_generation_of_a_number
mutant short-hold-of-another-set $holding 's/ && set\.IsOwnerIn\(lives, id\)//'
mutant reference-has-earlier-data Lifetime/IoAsidReference.cs 's/(Volatile\.Read\(ref page\.Data\(id\)\) is) not null/$1 \{ } earlier/; s/made\.StoreData\(data\);(\s*return)/made.StoreData(earlier);$1/'
mutant second-disposal-releases Lifetime/IoAsidReference.cs 's/Interlocked\.Exchange\(ref _state, Released\)/Volatile.Read(ref _state); Volatile.Write(ref _state, Released)/'
mutant hold-gives-up-in-mid-free $holding 's/status != IoAsidLookupStatus\.Found && \(needsData/true || (needsData/'
mutant release-before-freed-is-notified $life 's/lives\.Release\(edge\.Id\.Value\);//; s/(Notify\(record, freed\);)/lives.Release(life.Id); $1/'
mutant unbound-after-freed Core/LifeRecord.cs 's/ && !LifeWord\.Read\(ref word\)\.IsPending//'
mutant record-after-the-end-is-kept Core/RecordTable.cs 's/if \(!LifeWord\.Read\(ref word\)\.IsOver\(life\.Generation\)\)/if (record.Generation == life.Generation)/'
mutant late-wait-ends-no-earlier-one Core/RecordTable.cs 's/\n *record\.End\(\);//'
mutant wait-marks-an-ended-life $life 's/seen\.FreedAndReleased\(\)\.Bits/seen.Bits | LifeWord.Pending/'
mutant reclaimed-before-it-can-be-allocated Allocation/NumberPool.cs 's/(_gate\.Enter\(\);\s*TakeBackNumber\()/Volatile.Write(ref word, next.Bits); $1/g'
mutant closed-set-allocates $life 's/(private bool TryBegin\(DataBlock[^)]*bool hasData.*?)if \(!set\.IsClosed\)/$1if (id >= 0)/s'
mutant foreign-set-marks $life 's/ \|\| !set\.IsOwnerIn\(lives, life\.Id\)//'
mutant chunk-write-ignores-a-move Core/DataChunk.cs 's/ \|\| (Interlocked\.CompareExchange\(ref slot, data, seen\)) != seen\)(\s*)(Volatile[^;]*;)/)$2$3 else $1;/' Data_that_is_set_during_a_move_is_not_lost
mutant move-ignores-a-write Core/DataChunk.cs 's/object\? found = Interlocked\.CompareExchange\(ref slot, Moved, seen\);/object? found = seen; Volatile.Write(ref slot, Moved);/' Data_that_is_set_during_a_move_is_not_lost
mutant life-begins-in-a-moved-chunk $life 's/Begin\(block\.Current, /Begin(block, /'
mutant no-second-look-for-the-page Sets/SetTreeData.cs 's/ \?\? _pages\.Find\(id\);/;/'
mutant moved-chunk-vouches Core/DataBlock.cs 's/(Outstanding = 0;)\s*Volatile\.Write\(ref _use, OneChange\);/$1/' A_sibling_that_takes_a_moved_number_is_not_read_in_its_former_set
mutant generation-is-forgotten Core/LifePages.cs 's/out uint first\) \? first/out uint first) ? Math.Min(first, space.StartGeneration)/'
mutant allocation-is-not-counted $life 's/block\.Retain\(\);//'
mutant stock-returns-the-word-first $stock 's/(        _gate\.Enter\(\);\n)(        bool kept = )/        Volatile.Write(ref word, next.Bits);\n$1$2/' A_number_that_is_said_to_be_reclaimed_can_be_allocated_in_another_set
mutant stock-begins-after-its-lock $stock 's/(life = block\.Lives\.Begin[^;]*;)/_gate.Exit(); $1 _gate.Enter();/' A_close_and_a_free_of_all_leave_no_id
mutant closed-set-keeps-its-stock Sets/IoAsidSet.cs 's/\n *Stock\?\.Close\(Pool\);//'
mutant counts-leave-stocks-open Allocation/NumberPool.cs 's/(Section section = Enter\(\);)\s*CloseStocks\(charged\);/$1/'
mutant stock-is-read-without-its-lock $stock 's/(        DataBlock\? block = null;\n)        _gate\.Enter\(\);\n(.*?)        _gate\.Exit\(\);\n        return block;/$1$2        return block;/s'
exit $survivors
